"""Every page type of the platform, with someone who may see it, for checks that go over all of them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.journeys.site import Site


@dataclass(frozen=True, slots=True)
class PageType:
    """One page type: its name, an address, and who opens it (empty: a stranger)."""

    name: str
    path: str
    user: str = ""


def page_types(site: Site) -> list[PageType]:
    """Return one address of each page type, taken from what the demonstration holds."""
    item = site.rows(
        "SELECT code FROM catalog_implementation WHERE is_online AND status = 'in_force' ORDER BY code LIMIT 1"
    )[0][0]
    unit = site.rows("SELECT code FROM organizations_unit WHERE line = 'market_supervision' ORDER BY code LIMIT 1")[0][
        0
    ]
    counter_item = site.rows(
        "SELECT i.code FROM catalog_implementation i JOIN organizations_unit u ON u.id = i.unit_id"
        " JOIN catalog_formdownload d ON d.item_id = i.standard_item_id AND d.material_code = 'application'"
        " WHERE u.code = '420102-market_supervision' AND i.status = 'in_force' ORDER BY i.code LIMIT 1"
    )[0][0]
    theme = site.rows("SELECT code FROM catalog_theme ORDER BY code LIMIT 1")[0][0]
    event = site.rows("SELECT code FROM catalog_lifeevent ORDER BY code LIMIT 1")[0][0]
    license_ = site.rows("SELECT identifier FROM licenses_license WHERE status = 'valid' ORDER BY id LIMIT 1")[0][0]
    unit_case = site.rows(
        "SELECT c.number FROM cases_case c JOIN organizations_unit u ON u.id = c.unit_id JOIN organizations_region r ON r.id = u.region_id"
        " WHERE r.code = '420102' AND u.line = 'market_supervision' AND c.closed_at IS NULL ORDER BY c.id LIMIT 1"
    )[0][0]
    closed_case = site.rows("SELECT number FROM cases_case WHERE closed_at IS NOT NULL ORDER BY id LIMIT 1")[0][0]
    own = site.rows(
        "SELECT c.number FROM cases_case c JOIN accounts_account a ON a.id = c.applicant_id WHERE a.username = 'firm' ORDER BY c.id LIMIT 1"
    )[0][0]
    ((charged, charge),) = site.rows(
        "SELECT c.number, h.id FROM hall_charge h JOIN cases_case c ON c.id = h.case_id ORDER BY h.id LIMIT 1"
    )
    returned = site.rows("SELECT number FROM cases_case WHERE result = 'returned' ORDER BY id LIMIT 1")[0][0]
    joint = site.rows(
        "SELECT c.number FROM cases_case c JOIN cases_processdefinition d ON d.id = c.definition_id"
        " WHERE d.code = 'licensing-joint' AND c.closed_at IS NULL ORDER BY c.id LIMIT 1"
    )[0][0]
    renewal = site.rows(
        "SELECT i.code FROM catalog_implementation i JOIN catalog_standarditem s ON s.id = i.standard_item_id"
        " JOIN organizations_unit u ON u.id = i.unit_id WHERE s.renewal ->> 'license_type' = 'food_business'"
        " AND u.code = '420102-market_supervision'"
    )[0][0]
    repealed = site.rows(
        "SELECT id FROM publishing_article WHERE validity = 'abolished' AND status = 'published' ORDER BY id LIMIT 1"
    )[0][0]
    newer, older = site.rows(
        "SELECT n.id, o.id FROM publishing_article n JOIN publishing_article o ON o.title = n.title AND o.abolished_by_id = n.id"
        " WHERE o.validity = 'expired' AND o.status = 'published' ORDER BY n.id LIMIT 1"
    )[0]
    topic = site.rows("SELECT code FROM publishing_site WHERE kind = 'topic' ORDER BY code LIMIT 1")[0][0]
    news = site.rows(
        "SELECT a.id FROM publishing_article a JOIN publishing_column c ON c.id = a.column_id JOIN publishing_site s ON s.id = c.site_id"
        " WHERE a.status = 'published' AND c.kind = 'list' AND s.kind = 'main' ORDER BY a.id LIMIT 1"
    )
    writing = site.rows("SELECT id FROM publishing_article WHERE stage = 'editing' ORDER BY id LIMIT 1")[0][0]
    (entry,) = site.rows("SELECT max(id) FROM indicators_pointentry WHERE points < 0 AND reverses_id IS NULL")[0]
    (bulletin,) = site.rows("SELECT max(id) FROM indicators_bulletin WHERE code = 'efficiency'")[0]
    (league,) = site.rows("SELECT min(id) FROM indicators_bulletin WHERE code = 'submissions'")[0]
    (objection,) = site.rows("SELECT max(number) FROM indicators_objection")[0]
    talks = dict(site.rows("SELECT kind || stage || (closed_at IS NULL)::text, max(id) FROM surveys_survey GROUP BY 1"))
    asked, told = talks["questionnairepublishedtrue"], talks["questionnairepublishedfalse"]
    building = talks["questionnairedrafttrue"]
    (consulted,) = site.rows("SELECT survey_id FROM surveys_summary WHERE stage = 'published' ORDER BY id LIMIT 1")[0]
    (owed,) = site.rows(
        "SELECT id FROM surveys_survey WHERE summary_due_on IS NOT NULL AND id NOT IN (SELECT survey_id FROM surveys_summary)"
        " ORDER BY id LIMIT 1"
    )[0]
    first, spoken = site.rows("SELECT min(id), max(id) FROM surveys_interview")[0]
    return [
        PageType("portal-home", "/"),
        PageType("portal-city", "/sites/wuhan/"),
        PageType("portal-topic", f"/sites/{topic}/"),
        PageType("portal-column", "/columns/news/"),
        PageType("portal-list", "/columns/news/notices/"),
        PageType("portal-single", "/columns/about/overview/"),
        PageType("portal-interactive", "/columns/interaction/inquiries/"),
        PageType("portal-request", "/columns/open/requests/"),
        PageType("portal-catalogue", "/open/"),
        PageType("portal-library", "/columns/policy/library/"),
        PageType("portal-library-search", "/columns/policy/library/?q=受理"),
        PageType("portal-law", f"/articles/{repealed}/"),
        PageType("portal-law-changes", f"/articles/{newer}/changes/{older}/"),
        PageType("portal-annual-report", "/open/report/2026/"),
        *(PageType("portal-article", f"/articles/{pk}/") for (pk,) in news),
        PageType("portal-search", "/search/?q=许可"),
        PageType("portal-search-nothing", "/search/?q=驾驶宇宙飞船"),
        PageType("portal-map", "/map/"),
        PageType("surveys", "/columns/interaction/surveys/"),
        PageType("consultations", "/columns/interaction/consultations/"),
        PageType("interviews", "/columns/interaction/interviews/"),
        PageType("survey", f"/surveys/{asked}/"),
        PageType("survey-thanks", f"/surveys/{asked}/thanks/"),
        PageType("survey-results", f"/surveys/{told}/results/"),
        PageType("survey-outcome", f"/surveys/{consulted}/results/"),
        PageType("interview-questions", f"/interviews/{first}/"),
        PageType("interview-transcript", f"/interviews/{spoken}/"),
        PageType("desk-surveys", "/desk/surveys/?view=all", "editor"),
        PageType("desk-survey-new", "/desk/surveys/new/", "editor"),
        PageType("desk-survey", f"/desk/surveys/{told}/", "editor"),
        PageType("desk-survey-questions", f"/desk/surveys/{building}/questions/", "editor"),
        PageType("desk-survey-question", f"/desk/surveys/{building}/questions/new/?kind=multiple", "editor"),
        PageType("desk-survey-preview", f"/desk/surveys/{asked}/preview/", "editor"),
        PageType("desk-survey-comments", f"/desk/surveys/{owed}/comments/", "editor"),
        PageType("desk-survey-summary", f"/desk/surveys/{owed}/summary/", "editor"),
        PageType("desk-interviews", "/desk/interviews/?view=all", "editor"),
        PageType("desk-interview-new", "/desk/interviews/new/", "editor"),
        PageType("desk-interview", f"/desk/interviews/{first}/", "editor"),
        PageType("desk-interview-transcript", f"/desk/interviews/{spoken}/transcript/", "editor"),
        PageType("portal-display", "/columns/news/notices/led/"),
        PageType("hall", "/hall/"),
        PageType("items", "/hall/items/"),
        PageType("units", "/hall/units/"),
        PageType("unit", f"/hall/items/?unit={unit}"),
        PageType("theme", f"/hall/themes/{theme}/"),
        PageType("event", f"/hall/events/{event}/"),
        PageType("search", "/hall/search/?q=食品"),
        PageType("search-nothing", "/hall/search/?q=驾驶宇宙飞船"),
        PageType("guide", f"/hall/items/{item}/"),
        PageType("sample", f"/hall/items/{counter_item}/forms/application/sample/"),
        PageType("sign-in", "/accounts/login/"),
        PageType("sign-up", "/accounts/signup/"),
        PageType("progress", "/progress/"),
        PageType("verify", "/verify/"),
        PageType("verify-license", f"/verify/{license_}/"),
        PageType("phone", "/phone/"),
        PageType("not-found", "/no-such-page/"),
        PageType("apply", f"/hall/items/{item}/apply/", "firm"),
        PageType("my", "/my/", "firm"),
        PageType("my-case", f"/my/cases/{own}/", "firm"),
        PageType("my-case-charged", f"/my/cases/{charged}/", "firm"),
        PageType("my-charge", f"/my/cases/{charged}/charges/{charge}/", "firm"),
        PageType("my-case-returned", f"/my/cases/{returned}/", "citizen"),
        PageType("apply-renewal", f"/hall/items/{renewal}/apply/", "firm"),
        PageType("my-licenses", "/my/licenses/", "firm"),
        PageType("account", "/accounts/", "firm"),
        PageType("inbox", "/desk/", "clerk"),
        PageType("counter", "/desk/file/", "clerk"),
        PageType("counter-applicant", f"/desk/file/new/{counter_item}/", "clerk"),
        PageType("case", f"/desk/cases/{unit_case}/", "reviewer"),
        PageType("case-charged", f"/desk/cases/{charged}/", "clerk"),
        PageType("charge", f"/desk/cases/{charged}/charges/new/", "clerk"),
        PageType("case-joint", f"/desk/cases/{joint}/", "joint_clerk"),
        PageType("case-closed", f"/desk/cases/{closed_case}/", "supervisor"),
        PageType("supervision", "/desk/supervision/", "supervisor"),
        PageType("supervision-wall", "/desk/supervision/wall/", "supervisor"),
        PageType("supervision-unit", f"/desk/supervision/?unit={unit}", "supervisor"),
        PageType("supervision-cases", "/desk/supervision/cases/", "supervisor"),
        PageType("supervision-happened", "/desk/supervision/happened/?what=closed&period=year", "supervisor"),
        PageType("late-reasons", "/desk/late-reasons/", "head"),
        PageType("scores", "/desk/scores/", "supervisor"),
        PageType("scores-people", "/desk/scores/?of=people", "supervisor"),
        PageType("score-unit", "/desk/scores/mine/", "head"),
        PageType("score-entry", f"/desk/scores/entries/{entry}/", "supervisor"),
        PageType("score-scheme", "/desk/scores/scheme/", "head"),
        PageType("score-by-hand", "/desk/scores/enter/", "supervisor"),
        PageType("objections", "/desk/objections/?state=all", "supervisor"),
        PageType("objection", f"/desk/objections/{objection}/", "supervisor"),
        PageType("objectable", "/desk/objections/?state=may", "head"),
        PageType("bulletins", "/desk/bulletins/", "head"),
        PageType("bulletin", f"/desk/bulletins/{bulletin}/", "supervisor"),
        PageType("bulletin-publish", "/desk/bulletins/publish/", "supervisor"),
        PageType("standard", "/hall/standard/"),
        PageType("standard-unit", f"/hall/standard/units/{unit}/"),
        PageType("articles", "/desk/articles/?view=all", "editor"),
        PageType("articles-to-disclose", "/desk/articles/?view=disclose", "editor"),
        PageType("article", f"/desk/articles/{writing}/", "editor"),
        PageType("article-edit", f"/desk/articles/{writing}/edit/", "editor"),
        PageType("article-revisions", f"/desk/articles/{writing}/revisions/", "editor"),
        PageType("article-preview", f"/desk/articles/{writing}/preview/", "editor"),
        PageType("media", "/desk/media/", "editor"),
        PageType("columns", "/desk/columns/", "editor"),
        PageType("visits", "/desk/visits/", "editor"),
        PageType("subscribe", "/subscribe/"),
        PageType("words", "/desk/words/", "portal_reviewer"),
        PageType("league", "/desk/league/", "editor"),
        PageType("league-bulletin", f"/desk/league/{league}/", "editor"),
        PageType("league-draft", "/desk/league/running/", "editor"),
        PageType("league-submissions", f"/desk/league/{league}/submissions/?what=accepted", "editor"),
        PageType("league-publish", "/desk/league/publish/", "editor"),
        PageType("inspection", "/desk/inspection/", "supervisor"),
        PageType("inspection-site", "/desk/inspection/sites/wuhan/", "supervisor"),
        PageType("inspection-findings", "/desk/inspection/findings/", "supervisor"),
        PageType("console-system", "/console/", "sysadmin"),
        PageType("console-security", "/console/", "secadmin"),
        PageType("console-audit", "/console/", "auditor"),
    ]
