"""Two people who enrol the same contact at the same moment: one does, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from accounts.tenancy import tenant_context
from crm.sequences.models import Enrollment
from realtime.functions import Conflict
from realtime.functions.call import call
from tests.cast import ACME, Cast, Person
from tests.processes import PATIENCE
from workflows.runs.models import Run


def test_a_contact_begins_once_and_who_was_later_is_told(committed_db: str, cast: Cast) -> None:
    with tenant_context(ACME):
        contact = call(
            "contacts.create_contact", cast.alice.context(), {"first_name": "Ada", "email": "ada@example.com"}
        )
        sequence = call("sequences.create_sequence", cast.olivia.context(), {"name": "Race"})["id"]
        step = {"sequence_id": sequence, "step": {"kind": "wait", "days": 1}}
        call("sequences.add_step", cast.olivia.context(), step)
        call("sequences.publish_sequence", cast.olivia.context(), {"sequence_id": sequence})
    people = [cast.olivia, cast.adam, cast.lea, cast.alice]
    together = Barrier(len(people))

    def enroll(person: Person) -> str:
        try:
            with tenant_context(ACME):
                together.wait(PATIENCE)
                args = {"sequence_id": sequence, "contact_id": contact["id"]}
                call("sequences.enroll_contact", person.context(), args)
                return "enrolled"
        except Conflict as error:
            return str(error.detail)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        said = sorted(pool.map(enroll, people))
    assert said == ["The contact is in Race already."] * 3 + ["enrolled"]
    with tenant_context(ACME):
        (row,) = Enrollment.objects.all()
        assert list(Run.objects.filter(workflow="sequences.enrollment").values_list("pk", flat=True)) == [
            row.run_id
        ]
