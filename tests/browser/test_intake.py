"""From the desk of a reviewer to the letters, in a browser: every page on the way looked at with axe."""

import re

import pytest
from playwright.sync_api import Page, expect

from network.services.demonstration import PASSWORD
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, too_wide, violations

SIZES = pytest.mark.parametrize(("lang", "size"), [("vi", DESKTOP), ("en", PHONE)], ids=["vi-desktop", "en-phone"])


def looked_at(page: Page) -> list[str]:
    return violations(page) + too_wide(page)


@SIZES
def test_a_reviewer_names_ties_reads_without_names_and_scores(
    sign_in: Visit, site: Site, lang: str, size: dict[str, int]
) -> None:
    desk = f"/{lang}/workspace/{site.slugs['reviewer']}/reviews"
    page = sign_in("reviewer", desk, size)
    found = looked_at(page)
    if page.locator("main a[href*='/reviews/ties/']").count() and not page.locator("main .entry-row h3 a").count():
        page.locator("main a[href*='/reviews/ties/']").first.click()
        found += looked_at(page)
        page.fill("textarea[name=names]", "Công ty Không Có Thật")
        page.click("main form.form button[type=submit]")
        page.wait_for_url(f"**{desk}")
    page.locator("main .entry-row h3 a").last.click()
    found += looked_at(page)
    if page.locator("form[action$='/clear'] button").count():
        page.click("form[action$='/clear'] button")
    found += looked_at(page)
    if page.locator("button[name=step][value=keep]").count():
        page.locator("input[type=radio][value='4']").first.check()
        page.click("button[name=step][value=keep]")
        expect(page.locator("input[type=radio][value='4']").first).to_be_checked()
        for good in page.locator("input[type=radio][value='4']").all():
            good.check()
        page.fill("textarea[name=comment]", "Số liệu rõ ràng.")
        page.click("button[name=step][value=send]")
        page.wait_for_url(f"**{desk}")
        found += looked_at(page)
    assert found == []


@SIZES
def test_a_manager_goes_from_the_applications_to_the_proposal_and_the_cohort(
    sign_in: Visit, site: Site, lang: str, size: dict[str, int]
) -> None:
    home = f"/{lang}/workspace/{site.slugs['centre']}"
    page = sign_in("centre", f"{home}/programmes", size)
    found = looked_at(page)
    calls = [str(a.get_attribute("href")) for a in page.locator("main a[href*='/calls/']").all()]
    numbers = [re.findall(r"/calls/(\d+)", address)[0] for address in calls]
    addresses = [f"{home}/programmes/new", f"{home}/yearly-report", *calls]
    for number in numbers:
        addresses += [f"{home}/intake/{number}", f"{home}/calls/{number}/edit"]
        addresses += [f"{home}/intake/{number}/moderation", f"{home}/intake/{number}/proposal"]
    page.goto(f"{home}/cohorts")
    found += looked_at(page)
    addresses += [str(a.get_attribute("href")) for a in page.locator("main tbody a").all()]
    for address in addresses:
        page.goto(address)
        found += looked_at(page)
    page.goto(f"{home}/intake/{numbers[1]}")
    page.locator("main tbody a").nth(1).click()
    found += looked_at(page)
    assert len(addresses) > 10
    assert found == []


@SIZES
def test_a_startup_writes_a_draft_and_reads_its_letter(
    sign_in: Visit, site: Site, lang: str, size: dict[str, int]
) -> None:
    home = f"/{lang}/workspace/{site.slugs['startup']}/applications"
    page = sign_in("startup", home, size)
    found = looked_at(page)
    page.locator("main .entry-row h2 a").first.click()
    found += looked_at(page)
    page.locator(".aside a.btn").first.click()
    page.fill("textarea[name=summary]", "Que đo trong cống báo sớm mười lăm phút.")
    page.click("button[name=step][value=check]")
    found += looked_at(page)
    page.goto(home)
    page.locator("main .entry-row:has(.tag-good) h2 a").first.click()
    page.locator(".aside a[href*='/letters/']").first.click()
    expect(page.locator(".paper h1")).to_be_visible()
    found += looked_at(page)
    page.goto(home)
    page.locator("main .entry-row:has(.tag-good) h2 a").first.click()
    page.locator(".aside a[href$='/team']").click()
    found += looked_at(page)
    assert found == []


@SIZES
def test_a_coordinator_sees_full_programmes(visit: Visit, lang: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/sign-in?next=/{lang}/coordination/intakes", size)
    page.fill("input[name=email]", "coordinator@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/coordination/intakes")
    found = looked_at(page)
    page.locator("main .group a[href$='/override']").first.click()
    found += looked_at(page)
    assert found == []
