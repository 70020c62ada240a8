"""Paths of notifications: the caller's own channels, rules and log."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from api.access.caller import InSession, SignedIn
from api.notifications import schemas, service
from api.notifications.service import Notifications, notifications
from api.paging import PageQuery
from api.problems import responses
from api.schemas import UINT32_MAX
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/notifications", tags=["notifications"])

Book = Annotated[Notifications, Depends(notifications)]
Number = Annotated[int, Path(ge=0, le=UINT32_MAX, description="Its number.", examples=[1])]


class DeliveriesQuery(PageQuery):
    """Parameters of the log."""

    channel_id: Annotated[
        int | None, Field(ge=0, le=UINT32_MAX, description="Only to this channel.", examples=[1])
    ] = None
    state: Annotated[schemas.DeliveryState | None, Field(description="Only in this state.")] = None


@router.get("/channels", operation_id="listChannels", summary="Your channels", responses=responses(401, 403))
def list_channels(of: Book, caller: SignedIn) -> schemas.Channels:
    """The ways to the caller; never what opens them."""
    return service.list_channels(of, caller)


@router.get(
    "/push-key",
    operation_id="getPushKey",
    summary="What a browser subscribes to",
    responses=responses(401, 403),
)
def get_push_key(of: Book, caller: SignedIn) -> schemas.PushKey:
    """The key that a browser's push service checks this server's messages with."""
    del caller
    return schemas.PushKey(key=of.push_key)


@router.post(
    "/channels", operation_id="addChannel", summary="Add a channel", responses=responses(401, 403, 429)
)
def add_channel(of: Book, caller: InSession, body: schemas.ChannelOrder) -> schemas.Channel:
    """Adds a channel and has a code sent to it. Nothing else is sent before the code came back."""
    return service.add_channel(of, caller, body)


@router.post(
    "/channels/{number}/codes",
    operation_id="askChannelCode",
    summary="Ask for another code",
    responses=responses(401, 403, 404, 429),
)
def ask_code(of: Book, caller: InSession, number: Number) -> schemas.Channel:
    """Has another code sent to a channel that waits for one; the one before no longer counts."""
    return service.ask_code(of, caller, number)


@router.post(
    "/channels/{number}/confirmation",
    operation_id="confirmChannel",
    summary="Confirm a channel",
    responses=responses(401, 403, 404),
)
def confirm_channel(
    of: Book, caller: InSession, number: Number, body: schemas.Confirmation
) -> schemas.Channel:
    """Takes the code that came by the channel, within an hour and five tries."""
    return service.confirm(of, caller, number, body.code)


@router.put(
    "/channels/{number}/quiet-hours",
    operation_id="silenceChannel",
    summary="Set quiet hours",
    responses=responses(401, 403, 404),
)
def silence_channel(of: Book, caller: InSession, number: Number, body: schemas.QuietHours) -> schemas.Channel:
    """Sets when only urgent notices come; what was quiet comes together afterwards."""
    return service.silence(of, caller, number, body)


@router.delete(
    "/channels/{number}",
    operation_id="removeChannel",
    summary="Remove a channel",
    responses=responses(401, 403, 404),
)
def remove_channel(of: Book, caller: InSession, number: Number) -> schemas.Done:
    """Forgets where it led, its rules and what was on its way; the log stays."""
    return service.remove_channel(of, caller, number)


@router.get("/rules", operation_id="listRules", summary="Your rules", responses=responses(401, 403))
def list_rules(of: Book, caller: SignedIn, snapshot: OpenSnapshot) -> schemas.Rules:
    """What the caller wants to be told of this hub."""
    return service.list_rules(of, caller, snapshot)


@router.post("/rules", operation_id="addRule", summary="Add a rule", responses=responses(401, 403, 429))
def add_rule(of: Book, caller: InSession, snapshot: OpenSnapshot, body: schemas.RuleOrder) -> schemas.Rule:
    """Adds a rule; it holds for what happens from now on."""
    return service.add_rule(of, caller, snapshot, body)


@router.put(
    "/rules/{number}",
    operation_id="changeRule",
    summary="Change a rule",
    responses=responses(401, 403, 404),
)
def change_rule(
    of: Book, caller: InSession, snapshot: OpenSnapshot, number: Number, body: schemas.RuleOrder
) -> schemas.Rule:
    """Gives a rule another content: all of it is replaced."""
    return service.change_rule(of, caller, snapshot, number, body)


@router.delete(
    "/rules/{number}",
    operation_id="removeRule",
    summary="Remove a rule",
    responses=responses(401, 403, 404),
)
def remove_rule(of: Book, caller: InSession, snapshot: OpenSnapshot, number: Number) -> schemas.Done:
    """Forgets a rule: from now on nothing is told by it."""
    return service.remove_rule(of, caller, snapshot, number)


@router.get(
    "/deliveries", operation_id="listDeliveries", summary="What was sent", responses=responses(401, 403)
)
def list_deliveries(
    of: Book, caller: SignedIn, query: Annotated[DeliveriesQuery, Query()]
) -> schemas.Deliveries:
    """What was told the caller, newest first, with every attempt and its answer."""
    return service.list_deliveries(
        of,
        caller,
        channel_id=query.channel_id,
        state=query.state,
        limit=query.limit,
        cursor=query.cursor,
    )


@router.post(
    "/deliveries/{number}/attempt",
    operation_id="retryDelivery",
    summary="Try a delivery again",
    responses=responses(401, 403, 404),
)
def retry_delivery(of: Book, caller: InSession, number: Number) -> schemas.Done:
    """Attempts a delivery that was given up once more."""
    return service.retry(of, caller, number)
