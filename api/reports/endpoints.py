"""Paths of reports."""

from fastapi import APIRouter

from api.access.caller import InSession
from api.notifications.schemas import Done
from api.problems import responses
from api.reports import service
from api.reports.schemas import ReportOrder
from api.snapshot import OpenSnapshot
from api.social.book import TheBook

router = APIRouter(prefix="/v1/reports", tags=["social"])


@router.post(
    "",
    operation_id="report",
    summary="Report a text or a profile",
    responses=responses(401, 403, 404, 409, 429),
)
def report(of: TheBook, caller: InSession, snapshot: OpenSnapshot, body: ReportOrder) -> Done:
    """Tells staff what is wrong with something; once each, and never with one's own.

    Who reported is kept, and told to nobody.
    """
    return service.report(of, snapshot, caller, body)
