"""A party's access to the file: collected, masked, approved, set as a file, handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.disclosure import collection as dossier
from cases.disclosure import masking_terms as hiding
from cases.disclosure import paper as disclosure_paper
from cases.disclosure import redaction, violence
from cases.disclosure.models import Disclosure, DisclosureMatter, DisclosurePiece, Redaction
from cases.enums import (
    DISCLOSURE_TRANSITIONS,
    DisclosureRelation,
    DisclosureStatus,
    RightGround,
    RightOutcome,
    SecrecyGround,
)
from cases.law import rules
from cases.matters import registry as matters
from cases.matters.models import Matter
from cases.persons.models import Person
from core import pdf, trail
from core.decisions import Allowed, Decision, Denied
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation.acting import (
    access,
    checked_choice,
    checked_day,
    checked_length,
    checked_texts,
    lock,
    require,
)
from organisation.models import User
from organisation.permissions import Access, refusal
from organisation.rights import Action


def visible(who: Access, action: Action | None = None) -> QuerySet[Disclosure]:
    """Disclosures whose every matter the actor may prepare for a party, or do `action` to."""
    reached = DisclosureMatter.objects.filter(_reached(who, action, "matter"))
    matters = DisclosureMatter.objects.filter(disclosure=OuterRef("pk"))
    rows: QuerySet[Disclosure] = Disclosure.objects.defer("pdf").filter(
        Exists(matters.filter(pk__in=reached.values("pk"))),
        ~Exists(matters.exclude(pk__in=reached.values("pk"))),
    )
    return rows


def to_prepare(who: Access) -> QuerySet[Disclosure]:
    """Those the actor began, that have texts to go through or are approved to be handed over."""
    waits = (DisclosureStatus.DRAFT, DisclosureStatus.APPROVED)
    return visible(who).filter(status__in=waits, prepared_by__in=who.acts_for)


def to_approve(who: Access) -> QuerySet[Disclosure]:
    """Those that wait for the actor's approval as a leader."""
    return visible(who, Action.APPROVE_DISCLOSURE).filter(status=DisclosureStatus.SUBMITTED)


def matters_for(child: Person, who: Access) -> list[Matter]:
    """The child's matters the actor may prepare for a party, in the order they were opened."""
    rows = Matter.objects.filter(_reached(who, None), child=child)
    return list(rows.order_by("opened_on", "pk"))


def _reached(who: Access, action: Action | None, matter: str = "pk") -> Q:
    """Matters that `action` (a kind's own of preparing, for None) reaches for the actor.

    `matter`: the column of the matter.
    """
    reached = Q(pk__in=[])
    for kind in matters.KINDS:
        if kind.prepares is not None:
            rows = kind.rows.visible_to(who, action or kind.prepares)
            reached |= Q(**{f"{matter}__in": rows.values("pk")})
    return reached


def may(who: Access, action: Action, disclosure: Disclosure) -> Decision:
    """Whether the action reaches every matter of the disclosure."""
    reached = disclosure.matters.filter(_reached(who, action, "matter")).values("pk")
    if disclosure.matters.exclude(pk__in=reached).exists():
        return Denied(refusal(action))
    return Allowed()


def _locked(
    pk: int, *, by: User, at: datetime, action: Action = Action.PREPARE_DISCLOSURE
) -> tuple[Access, Disclosure]:
    who = access(by, at)
    disclosure = lock(visible(who), pk)
    decision = may(who, action, disclosure)
    if not decision:
        raise Forbidden(decision.reason)
    return who, disclosure


# The right to the file


@dataclass(frozen=True, slots=True)
class RightInput:
    """How a right to the file was examined: codes of the ground and outcome, the reason."""

    ground: str
    outcome: str
    reason: str


def _checked_right(given: RightInput, grounds: tuple[RightGround, ...]) -> RightInput:
    """The examination with its reason trimmed; Invalid where it does not fit who asks."""
    checked_choice("right_outcome", given.outcome, RightOutcome)
    if given.ground not in grounds:
        raise Invalid({"right_ground": _("Choose a ground that fits who asks.")})
    if given.ground == RightGround.NO_PARTY and given.outcome == RightOutcome.WHOLE:
        raise Invalid({"right_outcome": _("Who is no party has no right to the whole file.")})
    texts = checked_texts({"right_reason": given.reason}, required=["right_reason"])
    checked_length("right_reason", texts["right_reason"], Disclosure, "right_reason")
    return RightInput(given.ground, given.outcome, texts["right_reason"])


def grounds_of(disclosure: Disclosure, on: date) -> tuple[RightGround, ...]:
    """The grounds on which the right is examined that day; none where it need not be."""
    return rules.grounds_of_right(
        relation=disclosure.relation,
        age=disclosure.child.age_on(on),
        has_custody=disclosure.guardian.has_custody if disclosure.guardian else None,
    )


def right_holds(disclosure: Disclosure, on: date) -> Decision:
    """Whether the right is examined as it has to be, of how age and custody are that day."""
    return rules.right_examined(
        grounds=grounds_of(disclosure, on), ground=disclosure.right_ground, status=disclosure.status
    )


def _examined(disclosure: Disclosure, right: RightInput, *, by: User, at: datetime) -> None:
    """Write the examination, or its refusal with how to appeal (OSL 6 kap. 7-8 §§)."""
    disclosure.right_ground, disclosure.right_outcome = right.ground, right.outcome
    disclosure.right_reason = right.reason
    disclosure.right_examined_by, disclosure.right_examined_at = by, at
    if right.outcome == RightOutcome.NONE:
        disclosure.status = DisclosureStatus.REFUSED
        disclosure.refusal_text = disclosure_paper.no_right_words(disclosure)
    disclosure.version += 1
    disclosure.save()
    trail.changed(
        "disclosure.right_refused"
        if right.outcome == RightOutcome.NONE
        else "disclosure.right_examined",
        disclosure,
        by=by,
        at=at,
        reason=right.reason,
        ground=right.ground,
        outcome=right.outcome,
    )


@transaction.atomic
def examine_right(
    disclosure_id: int, *, ground: str, outcome: str, reason: str, by: User, at: datetime
) -> Disclosure:
    """Examine the right anew of what is being prepared: age or custody has changed."""
    who, disclosure = _locked(disclosure_id, by=by, at=at)
    require(rules.may_redact(status=disclosure.status))
    grounds = grounds_of(disclosure, who.on)
    if not grounds:
        raise Conflict(_("Custody gives the right: nothing has to be examined."))
    right = _checked_right(RightInput(ground, outcome, reason), grounds)
    _examined(disclosure, right, by=by, at=at)
    return disclosure


@transaction.atomic
def prepare(
    child_id: int,
    *,
    matter_ids: list[int],
    relation: str,
    requested_on: date,
    by: User,
    at: datetime,
    guardian_id: int | None = None,
    recipient_name: str = "",
    right: RightInput | None = None,
) -> Disclosure:
    """Collect the texts of the matters for one party, with masks where others are named.

    `right` says how the right to the file was examined, where it has to be
    (`cases.law.rules.grounds_of_right`); with no right nothing is collected, and what comes back is
    the refusal. Raises Invalid for no matters, for a party it cannot be made for, and for a right
    that is not examined.
    """
    who = access(by, at)
    child = Person.objects.filter(pk=child_id).first()
    reached = matters_for(child, who) if child else []
    if child is None or not reached:
        raise Missing(_("It does not exist, or is not yours to see."))
    chosen = [row for row in reached if row.pk in set(matter_ids)]
    if len(chosen) != len(set(matter_ids)):
        raise Invalid({"matters": _("Choose among the child's matters.")})
    if not chosen:
        raise Invalid({"matters": _("Choose at least one matter.")})
    checked_choice("relation", relation, DisclosureRelation)
    checked_day("requested_on", requested_on, today=who.on)
    guardian = None
    if relation == DisclosureRelation.GUARDIAN:
        guardian = child.guardians.filter(pk=guardian_id or 0).first()
        if guardian is None:
            raise Invalid({"guardian": _("Choose one of the child's guardians.")})
        recipient_name = str(guardian)
    elif relation == DisclosureRelation.CHILD:
        recipient_name = child.name
    name = checked_texts({"recipient_name": recipient_name})["recipient_name"]
    if not name:
        raise Invalid({"recipient_name": _("Give the recipient's name.")})
    checked_length("recipient_name", name, Disclosure, "recipient_name")
    fits = rules.may_receive(
        relation=relation,
        age=child.age_on(who.on),
        has_custody=guardian.has_custody if guardian else None,
    )
    if not fits:
        raise Invalid({"relation": fits.reason})
    grounds = rules.grounds_of_right(
        relation=relation,
        age=child.age_on(who.on),
        has_custody=guardian.has_custody if guardian else None,
    )
    examined = None
    if grounds:
        if right is None:
            raise Invalid(
                {"right_ground": _("Examine the right to the file first, and write the reason.")}
            )
        examined = _checked_right(right, grounds)
    disclosure = Disclosure.objects.create(
        unit_id=child.unit_id,
        child=child,
        relation=relation,
        guardian=guardian,
        recipient_name=name,
        requested_on=requested_on,
        prepared_by=by,
        prepared_at=at,
    )
    DisclosureMatter.objects.bulk_create(
        DisclosureMatter(disclosure=disclosure, matter=row) for row in chosen
    )
    if examined is not None:
        _examined(disclosure, examined, by=by, at=at)
        if disclosure.status == DisclosureStatus.REFUSED:
            return disclosure
    hidden = hiding.for_party(child, guardian=guardian)
    alert = violence.for_party(child, guardian=guardian)
    with override(settings.LANGUAGE_CODE):
        collected = dossier.Collector(child, hidden, guardian).collect(chosen)
    nicknames = hidden.noted_in(piece.text for piece in collected)
    for piece in collected:
        piece.marks = redaction.merged([*piece.marks, *redaction.find(piece.text, nicknames)])
    pieces = DisclosurePiece.objects.bulk_create(
        DisclosurePiece(
            disclosure=disclosure,
            position=position,
            source=piece.source,
            source_id=piece.source_id,
            dated_on=piece.on,
            heading=piece.heading,
            text=piece.text,
            flagged=alert.tells(piece.text),
        )
        for position, piece in enumerate(collected, start=1)
    )
    Redaction.objects.bulk_create(
        Redaction(
            piece=row,
            start=mark.start,
            end=mark.end,
            ground=mark.ground,
            found_by=mark.found_by,
            made_by=by,
            made_at=at,
        )
        for row, piece in zip(pieces, collected, strict=True)
        for mark in piece.marks
    )
    trail.changed(
        "disclosure.prepared", disclosure, by=by, at=at, relation=relation, pieces=len(pieces)
    )
    return disclosure


# Masks


def _piece(
    disclosure_id: int, position: int, *, by: User, at: datetime
) -> tuple[Disclosure, DisclosurePiece]:
    _who, disclosure = _locked(disclosure_id, by=by, at=at)
    require(rules.may_redact(status=disclosure.status))
    piece = DisclosurePiece.objects.filter(disclosure=disclosure, position=position).first()
    if piece is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    return disclosure, piece


def marks_of(piece: DisclosurePiece) -> list[Redaction]:
    """The masks in force, in order."""
    return [row for row in piece.redactions.all() if row.removed_at is None]


@transaction.atomic
def redact(
    disclosure_id: int,
    position: int,
    *,
    ground: str,
    by: User,
    at: datetime,
    places: list[tuple[int, int]] | None = None,
    phrase: str = "",
    everywhere: bool = False,
    reason: str = "",
) -> int:
    """Mask places of a text, or a phrase where it stands there or `everywhere`; how many masks.

    Raises Invalid for a phrase that stands nowhere, or a place outside the text.
    """
    disclosure, piece = _piece(disclosure_id, position, by=by, at=at)
    checked_choice("ground", ground, SecrecyGround)
    why = checked_texts({"reason": reason, "phrase": phrase})
    checked_length("reason", why["reason"], Redaction, "reason")
    wanted: list[tuple[DisclosurePiece, int, int]] = []
    for start, end in places or []:
        if not 0 <= start < end <= len(piece.text):
            raise Invalid({"phrase": _("The place is not in the text.")})
        wanted.append((piece, start, end))
    if why["phrase"] and (everywhere or not wanted):
        pieces = list(disclosure.pieces.all()) if everywhere else [piece]
        found = [
            (row, start, end)
            for row in pieces
            for start, end in redaction.occurrences(row.text, why["phrase"])
        ]
        if not found:
            raise Invalid({"phrase": _("The words do not stand in the text.")})
        wanted += found
    if not wanted:
        raise Invalid({"phrase": _("Write the words to mask, or choose sentences.")})
    masked = {
        (row.piece_id, row.start, row.end)
        for row in Redaction.objects.filter(piece__disclosure=disclosure, removed_at__isnull=True)
    }
    made = Redaction.objects.bulk_create(
        Redaction(
            piece=row,
            start=start,
            end=end,
            ground=ground,
            reason=why["reason"],
            made_by=by,
            made_at=at,
        )
        for row, start, end in dict.fromkeys(wanted)
        if (row.pk, start, end) not in masked
    )
    trail.changed("disclosure.masked", disclosure, by=by, at=at, ground=ground, places=len(made))
    return len(made)


@transaction.atomic
def unredact(
    disclosure_id: int, position: int, *, redaction_id: int, by: User, at: datetime
) -> None:
    """Take a mask away; that it stood there is kept."""
    disclosure, piece = _piece(disclosure_id, position, by=by, at=at)
    row = (
        Redaction.objects.select_for_update()
        .filter(pk=redaction_id, piece=piece, removed_at__isnull=True)
        .first()
    )
    if row is None:
        raise Conflict(_("The mask has been taken away already."))
    row.removed_at, row.removed_by = at, by
    row.save(update_fields=["removed_at", "removed_by"])
    trail.changed("disclosure.unmasked", disclosure, by=by, at=at, mask=row.pk)


@transaction.atomic
def keep_back(disclosure_id: int, position: int, *, ground: str, by: User, at: datetime) -> None:
    """Keep a whole text back for a legal ground, or, with an empty one, let it go after all."""
    disclosure, piece = _piece(disclosure_id, position, by=by, at=at)
    if ground:
        checked_choice("ground", ground, SecrecyGround)
    piece.left_out, piece.left_out_ground = bool(ground), ground
    piece.save(update_fields=["left_out", "left_out_ground"])
    trail.changed("disclosure.kept_back", disclosure, by=by, at=at, ground=ground)


@transaction.atomic
def review(disclosure_id: int, position: int, *, by: User, at: datetime, weighed: str = "") -> None:
    """Say that one has looked through the text and its masks.

    Of a text that tells of violence against another parent, `weighed` says what one came to.
    """
    _disclosure, piece = _piece(disclosure_id, position, by=by, at=at)
    text = checked_texts({"weighed": weighed}, required=["weighed"] if piece.flagged else [])
    checked_length("weighed", text["weighed"], DisclosurePiece, "weighed")
    if piece.reviewed_at is None:
        piece.reviewed_at, piece.reviewed_by = at, by
    if piece.flagged:
        piece.weighed = text["weighed"]
    piece.save(update_fields=["reviewed_at", "reviewed_by", "weighed"])


# The decision, and the way out


@transaction.atomic
def write_refusal(
    disclosure_id: int, *, text: str, version: int, by: User, at: datetime
) -> Disclosure:
    """Write the decision on what is withheld."""
    _who, disclosure = _locked(disclosure_id, by=by, at=at)
    require(rules.may_redact(status=disclosure.status))
    if disclosure.version != version:
        raise Conflict(
            _("Somebody else has changed this meanwhile. Both versions are shown; choose."),
            current=disclosure,
        )
    disclosure.refusal_text = checked_texts({"refusal_text": text})["refusal_text"]
    disclosure.version += 1
    disclosure.save(update_fields=["refusal_text", "version"])
    trail.changed("disclosure.refusal_written", disclosure, by=by, at=at)
    return disclosure


def left_to_review(disclosure: Disclosure) -> int:
    return disclosure.pieces.filter(reviewed_at__isnull=True).count()


def withholds(disclosure: Disclosure) -> bool:
    """Whether anything is kept from the party."""
    return (
        Redaction.objects.filter(piece__disclosure=disclosure, removed_at__isnull=True).exists()
        or disclosure.pieces.filter(left_out=True).exists()
    )


def grounds_in_use(disclosure: Disclosure) -> set[str]:
    """Codes of the grounds on which anything is kept from the party."""
    masks = Redaction.objects.filter(piece__disclosure=disclosure, removed_at__isnull=True)
    kept = disclosure.pieces.filter(left_out=True)
    return set(masks.values_list("ground", flat=True).distinct()) | set(
        kept.values_list("left_out_ground", flat=True)
    )


def decision_fits(disclosure: Disclosure) -> Decision:
    """Whether the written decision says what is withheld, of the masks as they are now."""
    return rules.decision_fits(grounds=grounds_in_use(disclosure), refusal=disclosure.refusal_text)


@transaction.atomic
def submit(disclosure_id: int, *, by: User, at: datetime) -> Disclosure:
    """Hand what is prepared to the leader, with the decision on all that is withheld in it."""
    who, disclosure = _locked(disclosure_id, by=by, at=at)
    require(rules.may_submit_disclosure(status=disclosure.status, left=left_to_review(disclosure)))
    require(right_holds(disclosure, who.on))
    require(decision_fits(disclosure))
    disclosure.status = DisclosureStatus.SUBMITTED
    disclosure.submitted_at, disclosure.submitted_by = at, by
    disclosure.save(update_fields=["status", "submitted_at", "submitted_by"])
    trail.changed("disclosure.submitted", disclosure, by=by, at=at)
    return disclosure


@transaction.atomic
def give_back(disclosure_id: int, *, comment: str, by: User, at: datetime) -> Disclosure:
    """The leader gives it back with what has to be done."""
    _who, disclosure = _locked(disclosure_id, by=by, at=at, action=Action.APPROVE_DISCLOSURE)
    if disclosure.status != DisclosureStatus.SUBMITTED:
        raise Conflict(_("There is nothing to approve."))
    text = checked_texts({"comment": comment}, required=["comment"])["comment"]
    checked_length("comment", text, Disclosure, "return_comment")
    disclosure.status = DisclosureStatus.DRAFT
    disclosure.submitted_at = disclosure.submitted_by = None
    disclosure.return_comment = text
    disclosure.save(update_fields=["status", "submitted_at", "submitted_by", "return_comment"])
    trail.changed("disclosure.returned", disclosure, by=by, at=at)
    return disclosure


@transaction.atomic
def approve(disclosure_id: int, *, by: User, at: datetime) -> Disclosure:
    """The leader approves: the file is made, kept as it is, and nothing of it changes again."""
    who, disclosure = _locked(disclosure_id, by=by, at=at, action=Action.APPROVE_DISCLOSURE)
    require(rules.may_approve_disclosure(status=disclosure.status))
    require(right_holds(disclosure, who.on))
    require(decision_fits(disclosure))
    disclosure.approved_at, disclosure.approved_by = at, by
    made = disclosure_paper.compiled(disclosure)
    disclosure.status = DisclosureStatus.APPROVED
    disclosure.pdf, disclosure.pdf_digest = made, pdf.digest(made)
    disclosure.save(update_fields=["status", "approved_at", "approved_by", "pdf", "pdf_digest"])
    trail.changed("disclosure.approved", disclosure, by=by, at=at, digest=disclosure.pdf_digest)
    return disclosure


@transaction.atomic
def take_out(disclosure_id: int, *, by: User, at: datetime) -> bytes:
    """The file as it was approved; written in the trail as an export. Conflict before approval."""
    who = access(by, at)
    row = visible(who).filter(pk=disclosure_id).first()
    if row is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    kept = Disclosure.objects.filter(pk=row.pk).values_list("pdf", flat=True).get()
    if kept is None:
        raise Conflict(_("The file is made when a leader has approved it."))
    if row.status == DisclosureStatus.APPROVED:
        require(right_holds(row, who.on))
    trail.exported("disclosure.taken_out", [row], by=by, at=at)
    return bytes(kept)


@transaction.atomic
def deliver(
    disclosure_id: int, *, delivered_on: date, how: str, by: User, at: datetime
) -> Disclosure:
    """Record when and how the party got it."""
    who, disclosure = _locked(disclosure_id, by=by, at=at)
    require(rules.may_deliver(status=disclosure.status))
    require(right_holds(disclosure, who.on))
    text = checked_texts({"how": how}, required=["how"])["how"]
    checked_length("how", text, Disclosure, "delivered_how")
    checked_day(
        "delivered_on",
        delivered_on,
        today=who.on,
        earliest=disclosure.requested_on,
        earliest_is=_("the day it was asked for"),
    )
    disclosure.status = DisclosureStatus.DELIVERED
    disclosure.delivered_on, disclosure.delivered_by = delivered_on, by
    disclosure.delivered_how = text
    disclosure.save(update_fields=["status", "delivered_on", "delivered_by", "delivered_how"])
    trail.changed("disclosure.delivered", disclosure, by=by, at=at, digest=disclosure.pdf_digest)
    return disclosure


@transaction.atomic
def withdraw(disclosure_id: int, *, reason: str, by: User, at: datetime) -> Disclosure:
    """The party has taken the request back; what was prepared is kept."""
    _who, disclosure = _locked(disclosure_id, by=by, at=at)
    require(rules.may_move(DISCLOSURE_TRANSITIONS, disclosure.status, DisclosureStatus.WITHDRAWN))
    text = checked_texts({"reason": reason}, required=["reason"])["reason"]
    checked_length("reason", text, Disclosure, "withdrawn_reason")
    disclosure.status = DisclosureStatus.WITHDRAWN
    disclosure.withdrawn_reason = text
    disclosure.save(update_fields=["status", "withdrawn_reason"])
    trail.changed("disclosure.withdrawn", disclosure, by=by, at=at)
    return disclosure


def end_open_with(matter_id: int, *, by: User, at: datetime) -> int:
    """Withdraw copies not yet handed over that hold a matter which turned out to be another
    child's. How many."""
    ended = 0
    rows = Disclosure.objects.select_for_update(of=("self",)).defer("pdf")
    for disclosure in rows.filter(matters__matter=matter_id):
        if not rules.may_move(
            DISCLOSURE_TRANSITIONS, disclosure.status, DisclosureStatus.WITHDRAWN
        ):
            continue
        with override(settings.LANGUAGE_CODE):
            disclosure.withdrawn_reason = _("A matter in it was moved. Prepare the copy anew.")
        disclosure.status = DisclosureStatus.WITHDRAWN
        disclosure.save(update_fields=["status", "withdrawn_reason"])
        trail.changed("disclosure.withdrawn", disclosure, by=by, at=at)
        ended += 1
    return ended


def proposed_refusal(disclosure: Disclosure) -> str:
    """The decision's text from the grounds in use, with how to appeal, to be read and completed."""
    used = grounds_in_use(disclosure)
    return disclosure_paper.refusal_words(disclosure, [g for g in SecrecyGround if g in used])
