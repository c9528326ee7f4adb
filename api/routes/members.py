"""Members, their invitations and their teams."""

from accounts.roles import invitation_mutations, mutations, queries
from api.route import Route

routes = [
    Route("GET", "/members", queries.list_members),
    Route("GET", "/members/{member_id}", queries.get_member),
    Route("PATCH", "/members/{member_id}", mutations.change_member_role),
    Route("POST", "/members/{member_id}/deactivate", mutations.deactivate_member),
    Route("POST", "/members/{member_id}/reactivate", mutations.reactivate_member),
    Route("POST", "/members/{member_id}/move", mutations.move_team_member),
    Route("GET", "/invitations", queries.list_invitations),
    Route("POST", "/invitations", invitation_mutations.invite_member, status=201),
    Route("DELETE", "/invitations/{invitation_id}", invitation_mutations.revoke_invitation),
    Route("GET", "/teams", queries.list_teams),
    Route("POST", "/teams", mutations.create_team, status=201),
    Route("PATCH", "/teams/{team_id}", mutations.rename_team),
    Route("DELETE", "/teams/{team_id}", mutations.delete_team),
    Route("POST", "/teams/{team_id}/members", mutations.add_team_member),
    Route("PATCH", "/teams/{team_id}/members/{member_id}", mutations.set_team_leader),
    Route("DELETE", "/teams/{team_id}/members/{member_id}", mutations.remove_team_member),
]
