"""A form that is sent starts automations: those of that form, and those of any."""

from accounts.actor import system_context
from crm.automations.models import AutomationRun
from crm.contacts.models import Contact
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.crm.automations.conftest import Make, settle

TASK = {"kind": "create_task", "title": "Answer {contact.first_name}"}


def test_a_form_that_is_sent_starts_what_listens_to_it(make: Make, cast: Cast) -> None:
    forms = [
        call("forms.create_form", cast.olivia.context(), {"name": name}) for name in ("Enquiry", "Visit")
    ]
    of_this = make({"kind": "form_sent", "form_id": forms[0]["id"]}, TASK)
    of_any = make({"kind": "form_sent"}, TASK)
    make({"kind": "form_sent", "form_id": forms[1]["id"]}, TASK)
    make({"kind": "record_created", "object": "company"}, TASK)
    make({"kind": "form_sent", "form_id": forms[0]["id"]}, TASK,
         only_if={"field": "first_name", "op": "is", "value": "Eve"})  # fmt: skip
    changes = {"owner_id": cast.alice.member_id}
    call("forms.update_form", cast.olivia.context(), {"form_id": forms[0]["id"], "changes": changes})
    values = {"email": "ada@engines.example", "first_name": "Ada"}
    for _twice in range(2):
        args = {"token": forms[0]["token"], "values": {**values, "submission_key": "k"}}
        call("forms.submit_form", system_context(ACME), args)
    settle()
    contact = Contact.objects.get()
    assert sorted(AutomationRun.objects.values_list("automation_id", "record_id")) == sorted(
        [(of_this, contact.pk), (of_any, contact.pk)]
    )
    assert list(Task.objects.values_list("title", flat=True)) == ["Answer Ada"] * 2


def test_a_trigger_whose_form_is_gone_is_said(make: Make, cast: Cast) -> None:
    form = call("forms.create_form", cast.olivia.context(), {"name": "Enquiry"})["id"]
    automation = make({"kind": "form_sent", "form_id": form}, TASK, publish=False)
    call("forms.delete_form", cast.olivia.context(), {"form_id": form})
    found = call("automations.get_automation", cast.olivia.context(), {"automation_id": automation})
    assert found["problems"] == ["The trigger's form is gone: choose another one."]
