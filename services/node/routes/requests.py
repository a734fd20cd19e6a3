"""Transfer requests in both directions."""

from fastapi import APIRouter, Request

from schemas.identifiers import Id128
from services.node import api, requests
from services.node.local import ANode, Local, json_body
from services.node.requests import Answer, TransferRequest
from services.node.words import RequestWords
from services.web.description import takes

router = APIRouter(prefix="/v1", tags=["requests"], dependencies=[Local])


@router.post("/requests", openapi_extra=takes(api.RequestIn), summary="Ask for a record")
async def ask(request: Request, node: ANode) -> api.DeliveryOut:
    body = await json_body(request, api.RequestIn, node.settings.json_bytes)
    words = RequestWords(code_number=body.code_number, purpose=body.purpose, words=body.words)
    message, delivery = await requests.ask(node, body.to, words)
    return api.DeliveryOut.model_validate({"id": message, "delivery": delivery})


@router.get("/requests", summary="Requests in both directions, with their answers")
async def list_requests(node: ANode) -> api.RequestsOut:
    return api.RequestsOut(requests=[_request(one) for one in await requests.list_requests(node)])


@router.post(
    "/requests/{request_id}/approve",
    openapi_extra=takes(api.ApproveIn),
    summary="Grant what a consent covers, and answer",
)
async def approve(request_id: Id128, request: Request, node: ANode) -> api.ApprovedOut:
    body = await json_body(request, api.ApproveIn, node.settings.json_bytes)
    granted, delivery = await requests.approve(
        node, request_id, consent=body.consent, staff_id=body.staff
    )
    return api.ApprovedOut.model_validate({"granted": granted, "delivery": delivery})


@router.post(
    "/requests/{request_id}/refuse", openapi_extra=takes(api.RefuseIn), summary="Answer with no"
)
async def refuse(request_id: Id128, request: Request, node: ANode) -> api.DeliveryOut:
    body = await json_body(request, api.RefuseIn, node.settings.json_bytes)
    delivery = await requests.refuse(node, request_id, staff_id=body.staff, words=body.words)
    return api.DeliveryOut.model_validate({"id": request_id, "delivery": delivery})


def _request(one: TransferRequest) -> api.RequestOut:
    return api.RequestOut(
        request=one.request,
        direction="incoming" if one.incoming else "outgoing",
        facility=one.facility,
        alias=one.alias,
        sent_at=one.sent_at,
        state=requests.state_of(one),
        readable=one.words is not None,
        code_number=one.words.code_number if one.words else None,
        purpose=one.words.purpose if one.words else None,
        words=one.words.words if one.words else None,
        answer=_answer(one.answer) if one.answer else None,
    )


def _answer(answer: Answer) -> api.AnswerOut:
    return api.AnswerOut(
        approved=answer.approved,
        consent=answer.consent,
        words=answer.words,
        sent_at=answer.sent_at,
    )
