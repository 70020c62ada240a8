"""Path of the metrics' catalogue."""

from fastapi import APIRouter
from pydantic import Field

from accounting.catalogue import METRICS, Unit
from api.problems import responses
from api.schemas import Answer, Schema
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/metrics", tags=["leaders"])


class Metric(Schema):
    """A figure that answers name by its id."""

    id: str = Field(description="What answers, filters and sorting call it.", examples=["sharpe_ratio"])
    unit: Unit = Field(description="base_units: smallest units of the base token.", examples=["ratio"])
    formula: str = Field(description="How it is computed.", examples=["mean(r_i) / s(r_i) · √365"])
    version: int = Field(description="Goes up when the same history would give another number.", examples=[1])


@router.get("", operation_id="listMetrics", summary="Every metric with its formula", responses=responses())
def list_metrics(snapshot: OpenSnapshot) -> Answer[list[Metric]]:
    """What each figure is called, its unit, its formula and the formula's version. The list has no pages."""
    rows = [
        Metric(id=each.id, unit=each.unit, formula=each.formula, version=each.version) for each in METRICS
    ]
    return Answer(as_of_block=snapshot.block, data=rows)
