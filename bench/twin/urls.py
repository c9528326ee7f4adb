from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import serializers, viewsets
from rest_framework.routers import DefaultRouter

from bench.twin.models import Contact


class ContactSerializer(serializers.ModelSerializer):
    stage_name = serializers.CharField(source="stage.name", read_only=True)
    owner_name = serializers.CharField(source="owner.username", read_only=True)

    class Meta:
        model = Contact
        exclude = ("background",)


class ContactViewSet(viewsets.ModelViewSet):
    serializer_class = ContactSerializer
    queryset = Contact.objects.filter(archived_at=None)

    def get_queryset(self):
        found = super().get_queryset().filter(owner=self.request.user)
        return found.select_related("stage", "owner").order_by("-last_activity_at", "-id")

    def perform_create(self, serializer):
        serializer.save(owner=self.request.user, full_name=serializer.validated_data["first_name"])


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


router = DefaultRouter()
router.register("contacts", ContactViewSet)
urlpatterns = [path("api/", include(router.urls)), path("healthz", healthz)]
