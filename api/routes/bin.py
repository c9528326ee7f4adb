"""The recycle bin."""

from api.route import Route
from crm.bin import mutations, queries

routes = [
    Route("GET", "/bin/{object}", queries.list_bin),
    Route("DELETE", "/bin/{object}/{record_id}", mutations.purge_record),
]
