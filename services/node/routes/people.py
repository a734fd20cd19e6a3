"""Partners that are trusted here, and this facility's own staff."""

from fastapi import APIRouter, Request

from keys.keycard import fingerprint_text, safety_number
from schemas.encoding import b64u
from schemas.identifiers import FacilityCode
from services.node import api, partners, staff
from services.node.local import ANode, Local, json_body
from services.node.node import Node
from services.node.partners import Partner
from services.node.staff import StaffMember
from services.web.description import takes

router = APIRouter(prefix="/v1", tags=["people"], dependencies=[Local])
_YEAR = 365 * 86_400


@router.post("/trust", openapi_extra=takes(api.TrustIn), summary="Pin a facility's fingerprint")
async def trust(request: Request, node: ANode) -> api.PartnerOut:
    body = await json_body(request, api.TrustIn, node.settings.case_bytes)
    introduction = body.introduction or await node.hub.introduction(body.facility or "")
    partner = await partners.trust(
        node, alias=body.alias, fingerprint=body.fingerprint, introduction=introduction
    )
    card = b64u(introduction.card.digest())
    await _record(node, action="node.trust", counterpart=partner.facility, objects=[card])
    return _partner(node, partner)


@router.get("/trust", summary="Facilities that are trusted here")
async def list_trusted(node: ANode) -> api.PartnersOut:
    return api.PartnersOut(
        partners=[_partner(node, partner) for partner in await partners.list_partners(node)]
    )


@router.delete("/trust/{facility}", summary="Trust a facility no longer")
async def distrust(facility: FacilityCode, node: ANode) -> api.PartnersOut:
    node.records()
    await partners.distrust(node, facility)
    await _record(node, action="node.distrust", counterpart=facility)
    return await list_trusted(node)


@router.post("/staff", openapi_extra=takes(api.StaffIn), summary="Appoint a staff member")
async def add_staff(request: Request, node: ANode) -> api.StaffOut:
    body = await json_body(request, api.StaffIn, node.settings.json_bytes)
    until = body.until if body.until is not None else node.now() + _YEAR
    return _staff(await staff.add_staff(node, role=body.role, name=body.name, until=until))


@router.get("/staff", summary="Who may sign here")
async def list_staff(node: ANode) -> api.StaffListOut:
    return api.StaffListOut(staff=[_staff(member) for member in await staff.list_staff(node)])


async def _record(node: Node, **fields: object) -> None:
    """Enter in the node's log what was done about a pin."""
    async with node.db.write() as session:
        await node.log.append(session, node.details(**fields))


def _partner(node: Node, partner: Partner) -> api.PartnerOut:
    return api.PartnerOut(
        facility=partner.facility,
        alias=partner.alias,
        fingerprint=fingerprint_text(partner.fingerprint),
        safety_number=safety_number(node.fingerprint, partner.fingerprint),
        pinned_at=partner.pinned_at,
    )


def _staff(member: StaffMember) -> api.StaffOut:
    return api.StaffOut(
        staff=member.staff,
        role=member.role,
        name=member.name,
        not_before=member.not_before,
        not_after=member.not_after,
    )
