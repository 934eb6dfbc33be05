"""Who may bring data in: managers of the whole company, and administrators."""

from incentives.org.access import require_role
from incentives.org.models import Person, Role


def may_import(person: Person) -> bool:
    """Whether this person may import: what a file says counts for every site at once."""
    return person.runs_the_company


#: Lets only people who may import into a view; others who are signed in get 403.
importers_only = require_role(Role.MANAGER, Role.ADMINISTRATOR, whole_company=True)
