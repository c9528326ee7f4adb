"""The firm's logo: everybody's to see at its own address, its managers' to set and to take away."""

from base64 import b64encode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import mutations
from accounts.logos import MAX_BYTES, drawn, read_picture
from accounts.models import Tenant, TenantLogo
from accounts.tenancy import public_context
from crm.web.answers import done
from crm.web.pages import PageRequest, page
from realtime.functions import invalid
from realtime.functions.call import call, permit

#: Room for what a browser writes around the file of a form.
AROUND = 10_000


@require_GET
def logo(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The picture, for a year; an older one's address, as emails hold it, leads to the one of today."""
    with public_context():
        tenant = Tenant.objects.filter(slug=slug, state=Tenant.State.ACTIVE).exclude(logo="").first()
        found = TenantLogo.objects.filter(tenant=tenant).first() if tenant else None
    if tenant is None or found is None:
        raise Http404
    if name != tenant.logo:
        return HttpResponseRedirect(tenant.logo_path, headers={"Cache-Control": "public, max-age=300"})
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return HttpResponse(bytes(found.picture), content_type="image/png", headers=headers)


@page
@require_POST
def tenant_logo(request: PageRequest) -> HttpResponse:
    """Set the logo to the file of the form, or take it away."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES + AROUND:
        raise invalid(
            "picture", _("A logo may hold up to %(most)s MB.") % {"most": MAX_BYTES // 1_000_000}, "large"
        )
    permit(mutations.set_logo, request.ctx)
    if "remove" in request.POST:
        call(mutations.delete_logo, request.ctx, {})
        return done(request, _("Logo removed."), reverse("settings_tenant"), go=True)
    uploaded = request.FILES.get("picture")
    if uploaded is None:
        raise invalid("picture", "Choose a picture: PNG, JPEG or WebP.", "required")
    picture = b64encode(drawn(read_picture(uploaded))).decode()
    call(mutations.set_logo, request.ctx.again(), {"picture": picture})
    return done(request, _("Logo saved."), reverse("settings_tenant"), go=True)
