"""The three regimes of procedure: when their clock begins, what a correction does to it, what may stop it.

"Correction" (补正) is three different machines. A license application is asked once, before acceptance, and the silence
of the office accepts it (行政许可法 Art. 32). A request for information is asked once within seven working days, and the
time for the reply begins anew when the corrected request arrives (政府信息公开条例 Art. 30). A registration is returned
with everything that is missing, and filed anew (市场主体登记管理条例实施细则 Art. 18).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tongban.engines.cases.rules.vocabulary import ALLOWED_IN, ART_45, Kind, Phase

Correction = Literal["before_acceptance", "restarts", "returned"]


@dataclass(frozen=True, slots=True)
class Regime:
    """What a body of law allows.

    ``begins`` says what starts the main clocks; ``clocks`` are those a process must have, with what their end does by
    law; ``may_stop`` are the special procedures whose time is not counted, under ``excluded_by``; ``barred`` are the
    kinds of action that make no sense under it; ``phases`` differ from the usual ones.
    """

    code: str
    begins: Literal["acceptance", "receipt"]
    correction: Correction
    clocks: Mapping[str, str]
    may_stop: frozenset[str]
    excluded_by: tuple[str, str]
    barred: frozenset[Kind]
    phases: Mapping[Kind, frozenset[Phase]]
    told_in_advance: bool = False

    def allowed_in(self, kind: Kind) -> frozenset[Phase] | None:
        """Return the phases in which an action makes legal sense, or None if in each."""
        if kind in self.phases:
            return self.phases[kind]
        usual = ALLOWED_IN.get(kind)
        return None if usual is None else frozenset(usual)


LICENSING = Regime(
    code="licensing",
    begins="acceptance",
    correction="before_acceptance",
    clocks={"acceptance": "deemed_accept"},
    may_stop=ART_45,
    excluded_by=("行政许可法第四十五条", "Art. 45 of the Administrative Licensing Law"),
    barred=frozenset({Kind.RETURN_APPLICATION}),
    phases={},
    told_in_advance=True,
)
INFORMATION = Regime(
    code="information",
    begins="acceptance",
    correction="restarts",
    clocks={"notice": "lapse"},
    may_stop=frozenset({"third_party", "other_agency"}),
    excluded_by=("政府信息公开条例第三十三条", "Art. 33 of the Regulations on Open Government Information"),
    barred=frozenset({Kind.RETURN_APPLICATION, Kind.REFUSE_ACCEPTANCE}),
    phases={Kind.REQUEST_CORRECTION: frozenset({Phase.HANDLING})},
)
REGISTRATION = Regime(
    code="registration",
    begins="receipt",
    correction="returned",
    clocks={},
    may_stop=frozenset(),
    excluded_by=("市场主体登记管理条例第十九条", "Art. 19 of the Regulations on the Registration of Market Entities"),
    barred=frozenset({Kind.ACCEPT, Kind.REFUSE_ACCEPTANCE, Kind.REQUEST_CORRECTION}),
    phases={},
)

REGIMES: Mapping[str, Regime] = {each.code: each for each in (LICENSING, INFORMATION, REGISTRATION)}


def regime_of(code: str) -> Regime:
    """Return a regime by its code."""
    return REGIMES[code]
