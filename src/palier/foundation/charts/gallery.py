"""What a template may draw: `{{ charts.strip(score, box, label=...) }}`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from palier.foundation.charts import bars, drawing, readings, shapes, standing, timeline, weeks

GALLERY: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "ladder": standing.ladder,
        "strip": standing.strip,
        "strip_grid": standing.strip_grid,
        "position": standing.position,
        "projection": standing.projection,
        "mover": standing.mover,
        "reach_of": standing.reach_of,
        "votes": standing.votes,
        "radar": shapes.radar,
        "trend": shapes.trend,
        "cumulative": weeks.cumulative,
        "quarters": timeline.quarters,
        "lane": timeline.lane,
        "lane_mark": timeline.mark,
        "now_mark": timeline.now_mark,
        "progress": bars.progress,
        "kpi": bars.kpi,
        "readings": readings.readings,
        "contribution": bars.contribution,
        "quarter_cells": bars.quarter_cells,
        "level_chip": bars.level_chip,
        "key": bars.key,
        "Box": drawing.Box,
        "Mark": standing.Mark,
        "Axis": shapes.Axis,
        "Round": shapes.Round,
    }
)
