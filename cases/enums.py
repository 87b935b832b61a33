"""Every closed list of words in the case area, and the tables of allowed transitions.

Belongs here: TextChoices and state tables. Does not: anything that reads data or a clock.
"""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Gender(TextChoices):
    GIRL = "girl", _("Girl")
    BOY = "boy", _("Boy")
    UNKNOWN = "unknown", _("Unknown")


class ProtectedIdentity(TextChoices):
    """Protection in the population register (folkbokföringslagen 16 §, OSL 22:1)."""

    NONE = "none", _("No protection")
    SECRECY_MARKING = "secrecy_marking", _("Secrecy marking")
    PROTECTED_REGISTRATION = "protected_registration", _("Protected registration")


class ProtectionSource(TextChoices):
    """How the unit came to know that an identity is protected."""

    REGISTER = "register", _("Extract from the population register")
    AUTHORITY = "authority", _("Told by an authority")
    FAMILY = "family", _("Told by the child or the family")
    REPORT = "report", _("Stated when the report was logged")
    EARLIER = "earlier", _("Registered before sources were kept")


class GrantPurpose(TextChoices):
    """Why somebody who does not work on a case may read it."""

    STATED_NEED = "stated_need", _("A stated need in the work")
    AUDIT_ROUND = "audit_round", _("Review in an audit round")
    CLOSE_READING = "close_reading", _("Close reading")
    INTRODUCTION = "introduction", _("Introduction or handover")


class EmergencyVerdict(TextChoices):
    """What the unit head says of an emergency opening."""

    JUSTIFIED = "justified", _("It was justified")
    NOT_JUSTIFIED = "not_justified", _("It was not justified")


class ConflictCategory(TextChoices):
    """Grounds of a conflict of interest (förvaltningslagen 16 §)."""

    RELATIVE = "relative", _("Related to the child or the family")
    FRIENDSHIP = "friendship", _("Friendship or enmity")
    NEIGHBOUR = "neighbour", _("Neighbour, school or association")
    OWN_INTEREST = "own_interest", _("Own or a close relative's interest in the outcome")
    OTHER_CAPACITY = "other_capacity", _("Has dealt with the family in another capacity")
    OTHER = "other", _("Other circumstance")


class Channel(TextChoices):
    PHONE = "phone", _("Phone")
    LETTER = "letter", _("Letter")
    E_SERVICE = "e_service", _("E-service")
    EMAIL = "email", _("E-mail")
    VISIT = "visit", _("Visit")
    POLICE_REPORT = "police_report", _("Police report")
    OTHER = "other", _("Other way")


class ReportKind(TextChoices):
    REPORT = "report", _("Report of concern")
    APPLICATION = "application", _("Application")


class ReporterCategory(TextChoices):
    POLICE = "police", _("Police")
    SCHOOL = "school", _("School")
    PRESCHOOL = "preschool", _("Preschool")
    HEALTH_CARE = "health_care", _("Health care")
    PSYCHIATRY = "psychiatry", _("Psychiatry")
    DENTAL_CARE = "dental_care", _("Dental care")
    SOCIAL_SERVICES = "social_services", _("Social services")
    OTHER_AUTHORITY = "other_authority", _("Other authority")
    PRIVATE = "private", _("Private person")
    ANONYMOUS = "anonymous", _("Anonymous")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("The child")
    RELATIVE = "relative", _("Relative")


MANDATED_REPORTERS: frozenset[str] = frozenset(
    {
        ReporterCategory.POLICE,
        ReporterCategory.SCHOOL,
        ReporterCategory.PRESCHOOL,
        ReporterCategory.HEALTH_CARE,
        ReporterCategory.PSYCHIATRY,
        ReporterCategory.DENTAL_CARE,
        ReporterCategory.SOCIAL_SERVICES,
        ReporterCategory.OTHER_AUTHORITY,
    }
)
"""Who must report (SoL 2025:400 19:1) and may be told what became of it (19:6)."""


class ConcernReason(TextChoices):
    VIOLENCE = "violence", _("Violence against the child")
    WITNESSED_VIOLENCE = "witnessed_violence", _("Witnessed violence")
    HONOUR = "honour", _("Honour-related oppression")
    SEXUAL_ABUSE = "sexual_abuse", _("Sexual abuse")
    NEGLECT = "neglect", _("Neglect")
    PARENT_SUBSTANCE = "parent_substance", _("Parent's harmful use")
    PARENT_MENTAL_HEALTH = "parent_mental_health", _("Parent's mental ill-health")
    PARENT_CONFLICT = "parent_conflict", _("Conflict between the parents")
    OWN_SUBSTANCE = "own_substance", _("Own harmful use")
    CRIME = "crime", _("Own crime")
    SCHOOL_ABSENCE = "school_absence", _("School absence")
    MENTAL_HEALTH = "mental_health", _("Child's mental ill-health")
    DISABILITY_NEEDS = "disability_needs", _("Needs from a disability")
    FINANCIAL = "financial", _("Housing or money")
    OTHER = "other", _("Other")


class ReportStatus(TextChoices):
    RECEIVED = "received", pgettext_lazy("report", "Received")
    ASSESSED = "assessed", _("Protection assessed")
    OPENED = "opened", _("Investigation opened")
    NOT_OPENED = "not_opened", _("Not opened")
    JOINED = "joined", _("Joined an open investigation")
    WITHDRAWN = "withdrawn", pgettext_lazy("report", "Withdrawn")


UNDECIDED_REPORT: frozenset[str] = frozenset({ReportStatus.RECEIVED, ReportStatus.ASSESSED})

# A protection assessment can also be written after the decision; the status then stays. The arrows
# back are corrections: a decision reversed, a report withdrawn as logged by mistake and put back.
REPORT_TRANSITIONS: Mapping[str, frozenset[str]] = {
    ReportStatus.RECEIVED: frozenset(
        {
            ReportStatus.ASSESSED,
            ReportStatus.OPENED,
            ReportStatus.NOT_OPENED,
            ReportStatus.JOINED,
            ReportStatus.WITHDRAWN,
        }
    ),
    ReportStatus.ASSESSED: frozenset(
        {
            ReportStatus.OPENED,
            ReportStatus.NOT_OPENED,
            ReportStatus.JOINED,
            ReportStatus.WITHDRAWN,
        }
    ),
    ReportStatus.OPENED: UNDECIDED_REPORT,
    ReportStatus.NOT_OPENED: UNDECIDED_REPORT,
    ReportStatus.JOINED: UNDECIDED_REPORT,
    ReportStatus.WITHDRAWN: UNDECIDED_REPORT,
}


class ProtectionOutcome(TextChoices):
    NO_IMMEDIATE_NEED = "no_immediate_need", _("No immediate need of protection")
    PROTECTION_NEEDED = "protection_needed", _("Protection needed")
    PROTECTED = "protected", _("Protected at once")


class OpeningOutcome(TextChoices):
    OPEN = "open", _("Open an investigation")
    DO_NOT_OPEN = "do_not_open", _("Do not open an investigation")
    JOINS_OPEN = "joins_open", _("Joins the open investigation")


OUTCOME_STATUS: Mapping[str, str] = {
    OpeningOutcome.OPEN: ReportStatus.OPENED,
    OpeningOutcome.DO_NOT_OPEN: ReportStatus.NOT_OPENED,
    OpeningOutcome.JOINS_OPEN: ReportStatus.JOINED,
}


class FeedbackAnswer(TextChoices):
    """All that a mandated reporter may be told (SoL 2025:400 19:6)."""

    OPENED = "opened", _("An investigation has been opened")
    NOT_OPENED = "not_opened", _("No investigation has been opened")
    ALREADY_ONGOING = "already_ongoing", _("An investigation is already going on")


STATUS_FEEDBACK: Mapping[str, str] = {
    ReportStatus.OPENED: FeedbackAnswer.OPENED,
    ReportStatus.NOT_OPENED: FeedbackAnswer.NOT_OPENED,
    ReportStatus.JOINED: FeedbackAnswer.ALREADY_ONGOING,
}


class SeriousTalkResult(TextChoices):
    HELD = "held", _("Held")
    BOOKED = "booked", _("Offered and booked")
    DECLINED = "declined", _("Offered and declined")
    NOT_REACHED = "not_reached", _("Offered, the family could not be reached")


class InvestigationType(TextChoices):
    ORDINARY = "ordinary", _("Ordinary investigation")
    SHORT = "short", _("Short investigation")
    INTENSIVE_HOME = "intensive_home", _("Intensive investigation in the home")


class InvestigationStatus(TextChoices):
    WAITING = "waiting", _("Waiting for handlers")
    ONGOING = "ongoing", _("Ongoing")
    TO_READ = "to_read", _("For the leader to read")
    CONCLUDED = "concluded", _("Concluded")
    ANNULLED = "annulled", _("Opened by mistake")
    HANDED_OVER = "handed_over", _("Handed over to another unit")


CLOSED_INVESTIGATION: frozenset[str] = frozenset(
    {
        InvestigationStatus.CONCLUDED,
        InvestigationStatus.ANNULLED,
        InvestigationStatus.HANDED_OVER,
    }
)
OPEN_INVESTIGATION: frozenset[str] = frozenset(InvestigationStatus.values) - CLOSED_INVESTIGATION


# The arrows back from the end, and to and from ANNULLED, are corrections: a conclusion, or a
# decision to open, that is reversed. What is handed over goes on in the other unit, under a number
# of its own there.
INVESTIGATION_TRANSITIONS: Mapping[str, frozenset[str]] = {
    InvestigationStatus.WAITING: frozenset(
        {
            InvestigationStatus.ONGOING,
            InvestigationStatus.ANNULLED,
            InvestigationStatus.HANDED_OVER,
        }
    ),
    InvestigationStatus.ONGOING: frozenset(
        {
            InvestigationStatus.WAITING,
            InvestigationStatus.TO_READ,
            InvestigationStatus.ANNULLED,
            InvestigationStatus.HANDED_OVER,
        }
    ),
    InvestigationStatus.TO_READ: frozenset(
        {
            InvestigationStatus.ONGOING,
            InvestigationStatus.CONCLUDED,
            InvestigationStatus.ANNULLED,
            InvestigationStatus.HANDED_OVER,
        }
    ),
    InvestigationStatus.CONCLUDED: OPEN_INVESTIGATION,
    InvestigationStatus.ANNULLED: OPEN_INVESTIGATION,
    InvestigationStatus.HANDED_OVER: frozenset(),
}


class HandoverGround(TextChoices):
    """By what the file may be given to another unit."""

    CONSENT = "consent", _("Consent (OSL 10:1, 12:2)")
    NEEDED_CARE = "needed_care", _("Needed for the child's care or support (OSL 26:9)")
    SAME_BOARD = "same_board", _("Both units belong to the same board")


class HandoverStatus(TextChoices):
    OFFERED = "offered", _("Waits for the other unit")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


HANDOVER_TRANSITIONS: Mapping[str, frozenset[str]] = {
    HandoverStatus.OFFERED: frozenset(
        {HandoverStatus.ACCEPTED, HandoverStatus.REFUSED, HandoverStatus.WITHDRAWN}
    ),
    HandoverStatus.ACCEPTED: frozenset(),
    HandoverStatus.REFUSED: frozenset(),
    HandoverStatus.WITHDRAWN: frozenset(),
}


class FilePart(TextChoices):
    """The parts of a child's file that can go along with a hand-over, each whole."""

    REPORTS = "reports", _("Reports, protection assessments and decisions to open")
    PLAN = "plan", _("Plan, protection and violence, police report, extensions")
    NOTES = "notes", _("Signed notes")
    AROUND = "around", _("Parents and others around the child, and their take-part")
    ASSESSMENTS = "assessments", _("Risk, instruments and ratings")
    DOCUMENT = "document", _("Decision document and communication")
    INTERVENTIONS = "interventions", _("Interventions")


class CorrectionAct(TextChoices):
    """What is done to put a record right."""

    CHANGED = "changed", pgettext_lazy("correction", "Changed")
    CORRECTED = "corrected", pgettext_lazy("correction", "Corrected")
    WITHDRAWN = "withdrawn", pgettext_lazy("correction", "Withdrawn as logged by mistake")
    MOVED = "moved", pgettext_lazy("correction", "Moved")
    REVERSED = "reversed", pgettext_lazy("correction", "Reversed")
    UNDONE = "undone", pgettext_lazy("correction", "Correction taken back")


UNDOABLE: frozenset[str] = frozenset(
    {CorrectionAct.WITHDRAWN, CorrectionAct.MOVED, CorrectionAct.REVERSED}
)
"""Acts that one press takes back; a correction is taken back by writing the old again."""


class InvestigationOutcome(TextChoices):
    NO_INTERVENTION = "no_intervention", _("Ends without intervention")
    INTERVENTION = "intervention", _("Ends with intervention")
    CHILD_MOVED_COMPLETED = (
        "child_moved_completed",
        _("Completed; the child has moved to another municipality"),
    )
    CHILD_DIED = "child_died", _("Ends because the child has died")


class ReportPart(TextChoices):
    RECEPTION = "reception", _("Reception worker")


class HandlerPart(TextChoices):
    """The two of an investigation."""

    MAIN = "main", _("Main handler")
    CO = "co", _("Co-worker")


class InterventionPart(TextChoices):
    RESPONSIBLE = "responsible", _("Responsible worker")


class PartEnd(TextChoices):
    """Why a part in a matter ended by itself; a leader's own reason is in the leader's words."""

    LEFT_THE_UNIT = "left_the_unit", _("No longer works in the unit")
    CONFLICT_OF_INTEREST = "conflict_of_interest", _("Can no longer have the case")
    TAKEN_OVER = "taken_over", _("A colleague has taken over")
    MOVED_AWAY = "moved_away", _("The report was moved to the right unit")


class ViolenceMark(TextChoices):
    NOT_ASKED = "not_asked", _("Not asked about yet")
    NO = "no", _("No violence described")
    YES = "yes", _("Violence described")


class PoliceReport(TextChoices):
    NOT_DECIDED = "not_decided", _("Not decided")
    MADE = "made", _("Police report made")
    NOT_MADE = "not_made", _("No police report, with the reason")


class AdditionKind(TextChoices):
    """What is written beside a text that is signed and locked."""

    CORRECTION = "correction", _("Correction")
    ADDITION = "addition", _("Addition")


class DisclosureRelation(TextChoices):
    """Whose access to the file it is (a party's insight, OSL 10 kap. 3 §)."""

    CHILD = "child", _("The child, 15 or older")
    GUARDIAN = "guardian", _("Guardian")
    OTHER_PARTY = "other_party", _("Other party")
    REPRESENTATIVE = "representative", _("Representative or counsel")


class DisclosureStatus(TextChoices):
    DRAFT = "draft", _("Being prepared")
    SUBMITTED = "submitted", _("For the leader to approve")
    APPROVED = "approved", _("Approved, to hand over")
    DELIVERED = "delivered", _("Handed over")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REFUSED = "refused", _("No right to the file")


OPEN_DISCLOSURE = frozenset(
    {DisclosureStatus.DRAFT, DisclosureStatus.SUBMITTED, DisclosureStatus.APPROVED}
)
"""Asked for, and neither handed over nor withdrawn."""

DISCLOSURE_TRANSITIONS: Mapping[str, frozenset[str]] = {
    DisclosureStatus.DRAFT: frozenset(
        {DisclosureStatus.SUBMITTED, DisclosureStatus.WITHDRAWN, DisclosureStatus.REFUSED}
    ),
    DisclosureStatus.SUBMITTED: frozenset(
        {DisclosureStatus.DRAFT, DisclosureStatus.APPROVED, DisclosureStatus.WITHDRAWN}
    ),
    DisclosureStatus.APPROVED: frozenset({DisclosureStatus.DELIVERED, DisclosureStatus.WITHDRAWN}),
    DisclosureStatus.DELIVERED: frozenset(),
    DisclosureStatus.WITHDRAWN: frozenset(),
    DisclosureStatus.REFUSED: frozenset(),
}

DISCLOSURE_CHILD_AGE = 15
"""From this age the child speaks for itself in the matter (SoL 2025:400, LVU 36 §)."""
MAJORITY_AGE = 18
"""From this age nobody has custody (FB 6 kap. 2 §, 9 kap. 1 §)."""


class RightGround(TextChoices):
    """On what somebody's right to the file was examined."""

    OF_AGE = "of_age", _("The child is of age and asks for itself (FL 10 §, OSL 10 kap. 3 §)")
    FROM_FIFTEEN = (
        "from_fifteen",
        _("The child is 15 or older and speaks for itself (FL 10 §, OSL 10 kap. 3 §)"),
    )
    OLDER_CHILD = (
        "older_child",
        _("Guardian of a child of 15 or older: age and maturity weighed (OSL 12 kap. 3 §)"),
    )
    PARTY = "party", _("Party in the matter, without custody (FL 10 §, OSL 10 kap. 3 §)")
    CONSENT = "consent", _("Consent of whom it concerns (OSL 10 kap. 1 §, 12 kap. 2 §)")
    REPRESENTS = "represents", _("Represents a party: power of attorney or appointed (FL 14 §)")
    NO_PARTY = "no_party", _("No party: tried as anybody's request (TF 2 kap., OSL 26 kap. 1 §)")


class RightOutcome(TextChoices):
    WHOLE = "whole", _("There is a right to the file")
    PART = "part", _("There is a right to part of the file")
    NONE = "none", _("There is no right to the file")


class SecrecyGround(TextChoices):
    """Why something is masked in a party's copy: the provisions of OSL (2009:400)."""

    REPORTER = "osl_26_5", _("OSL 26 kap. 5 §: who made the report or gave the information")
    OTHER_PERSON = "osl_26_1", _("OSL 26 kap. 1 §: another person's circumstances")
    WHEREABOUTS = "osl_21_3", _("OSL 21 kap. 3 §, 22 kap. 1 §: address and whereabouts")
    CHILD_FROM_GUARDIAN = "osl_12_3", _("OSL 12 kap. 3 §: the child, in relation to the guardian")
    PARTY = "osl_10_3", _("OSL 10 kap. 3 §: particular weight that it is not revealed to a party")


class NoteKind(TextChoices):
    CHILD_CONVERSATION = "child_conversation", _("Conversation with the child")
    HOME_VISIT = "home_visit", _("Home visit")
    GUARDIAN_CONTACT = "guardian_contact", _("Contact with a guardian")
    SCHOOL_CONTACT = "school_contact", _("Contact with school or preschool")
    CARE_CONTACT = "care_contact", _("Contact with health care or psychiatry")
    OTHER_CONTACT = "other_contact", _("Other contact")
    SIP_MEETING = "sip_meeting", _("SIP meeting")
    NETWORK_MEETING = "network_meeting", _("Network meeting")
    JOURNAL = "journal", _("Note")


class GuardianRelation(TextChoices):
    """What somebody is to the child: parents and guardians first, then others around it."""

    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    OTHER = "other", _("Other guardian")
    STEP_PARENT = "step_parent", _("Step-parent")
    GRANDPARENT = "grandparent", _("Grandparent")
    SIBLING = "sibling", _("Brother or sister")
    RELATIVE = "relative", _("Other relative")
    HOUSEHOLD = "household", _("Lives in the household")
    NETWORK = "network", _("Other person around the child")


PARENTS_AND_GUARDIANS = frozenset(
    {GuardianRelation.MOTHER, GuardianRelation.FATHER, GuardianRelation.OTHER}
)
"""Those who can have custody, and whose take-part is asked for."""


class NumberChange(TextChoices):
    """Why a child has another number than before."""

    COORDINATION = "coordination", _("A coordination number became a personal identity number")
    ADOPTION = "adoption", _("Adoption")
    LEGAL_GENDER = "legal_gender", _("Changed legal gender")
    WRONG = "wrong", _("The number was written wrong")
    MERGED = "merged", _("Number of a record that was merged into this one")


HIDDEN_CHANGES = frozenset({NumberChange.ADOPTION, NumberChange.LEGAL_GENDER})
"""Changes that must not show: what the child was before is for those who answer for the case."""


class PersonChangeKind(TextChoices):
    CORRECTED = "corrected", _("Corrected")
    NUMBER_FOUND = "number_found", _("Number found")
    NUMBER_CHANGED = "number_changed", _("Number changed")
    BORN = "born", _("Born")
    DIED = "died", _("Death registered")
    DEATH_WITHDRAWN = "death_withdrawn", _("Registered death withdrawn")


class RiskLevel(TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Instrument(TextChoices):
    SAVRY = "savry", "SAVRY"
    EARL = "earl", "EARL"
    ADAD = "adad", "ADAD"
    OTHER = "other", _("Other instrument")


INSTRUMENT_AGES: Mapping[str, tuple[int, int]] = {
    Instrument.SAVRY: (12, 18),
    Instrument.EARL: (0, 11),
}
"""First and last age in whole years that an instrument is made for."""


class SafetyRater(TextChoices):
    CHILD = "child", _("The child")
    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    NETWORK = "network", _("The network")
    SOCIAL_WORKER = "social_worker", _("Social worker")


class CommunicationRecipient(TextChoices):
    CHILD = "child", _("The child")
    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    OTHER_GUARDIAN = "other_guardian", _("Other guardian")


class LooseEnd(TextChoices):
    """What may be left when an investigation ends, each with a reason."""

    UNSIGNED_NOTES = "unsigned_notes", _("Unsigned notes")
    OPEN_DISCLOSURES = "open_disclosures", _("Parties' copies not finished")
    UNREAD_REPORTS = "unread_reports", _("Joined reports not opened by the pair")
    NOT_COMMUNICATED = "not_communicated", _("Not communicated")


class InterventionKind(TextChoices):
    FAMILY_TREATMENT = "family_treatment", _("Family treatment")
    CONTACT_PERSON = "contact_person", _("Contact person")
    QUALIFIED_CONTACT_PERSON = "qualified_contact_person", _("Specially qualified contact person")
    CONTACT_FAMILY = "contact_family", _("Contact family")
    BSFT = "bsft", "BSFT"
    OUTPATIENT_CARE = "outpatient_care", _("Outpatient care")
    FOLLOW_UP = "follow_up", _("Follow-up without measure")
    OTHER = "other", _("Other support")


class InterventionStatus(TextChoices):
    ONGOING = "ongoing", _("Ongoing")
    ENDED = "ended", _("Ended")


INTERVENTION_TRANSITIONS: Mapping[str, frozenset[str]] = {
    InterventionStatus.ONGOING: frozenset({InterventionStatus.ENDED}),
    InterventionStatus.ENDED: frozenset(),
}


class DeadlineKind(TextChoices):
    """The codes of this area's rules with time limits; `cases.law.deadlines` says how each
    counts."""

    PROTECTION_ASSESSMENT = "protection_assessment", _("Immediate protection assessment")
    OPENING_DECISION = "opening_decision", _("Decision to open or not")
    REPORTER_FEEDBACK = "reporter_feedback", _("Feedback to the reporter")
    SERIOUS_TALK = "serious_talk", _("Serious talk")
    INVESTIGATION = "investigation", _("Complete the investigation")
    FOLLOWUP_AFTER_CLOSING = "followup_after_closing", _("Follow-up after closing")
    INTERVENTION_FOLLOWUP = "intervention_followup", _("Follow up the intervention")
    FIRST_VISIT = "first_visit", _("First visit to the placed child")
    PLACEMENT_VISIT = "placement_visit", _("Visit to the placed child")
    PLACEMENT_FOLLOWUP = "placement_followup", _("Follow up the placement")
    CARE_CONSIDERATION = "care_consideration", _("Consider whether care is still needed")
    CARE_PLAN = "care_plan", _("Care plan")
    IMPLEMENTATION_PLAN = "implementation_plan", _("Implementation plan")
    EMERGENCY_HOME = "emergency_home", _("Leave the on-call home")
    CUSTODY_CONSIDERATION = "custody_consideration", _("Consider moving custody")
    LVU_COURT_SUBMISSION = "lvu_court_submission", _("Submit immediate custody to the court")
    LVU_APPLICATION = "lvu_application", _("Apply for care under LVU")
    CONTACT_RESTRICTION = "contact_restriction", _("Reconsider contact limits")
    HOME_CHECK_VALIDITY = "home_check_validity", _("Renew the check of the home")
    COMPLAINT_REPLY = "complaint_reply", _("Answer the complaint")


class DeadlineStatus(TextChoices):
    DUE = "due", _("Due")
    OVERDUE = "overdue", pgettext_lazy("deadline", "Overdue")
    MET = "met", _("Met")
    MET_LATE = "met_late", _("Met late")
    MISSED = "missed", pgettext_lazy("deadline", "Missed")
    """Not done, and can no longer be: counted as not in time, and asked for no more."""
    CANCELLED = "cancelled", _("Cancelled")


class Rung(TextChoices):
    """The steps of the reminder ladder; later weeks are `weekly-2`, `weekly-3` and so on."""

    BEFORE = "before", _("Three working days left")
    DUE = "due", _("Due today")
    AFTER = "after", _("Overdue since yesterday")
    WEEKLY = "weekly", _("Still overdue")


class NoticeKind(TextChoices):
    DEADLINE = "deadline", _("Deadline")
    ASSIGNED = "assigned", _("You have been given a case")
    UNASSIGNED = "unassigned", _("A case needs handlers")
    TO_READ = "to_read", _("A decision document to read")
    RETURNED = "returned", _("A decision document has been returned")
    PROPOSAL = "proposal", _("A decision proposal to decide on")
    NEW_REPORT = "new_report", _("A new report about a child you work with")
    REPORT_JOINED = "report_joined", _("A report has joined your investigation")
    PROTECTION = "protection", _("A child needs protection now")
    REOPENED = "reopened", _("Opened again within 30 days")
    HANDOVER_OFFERED = "handover_offered", _("Another unit wants to hand over a case")
    HANDOVER_ANSWERED = "handover_answered", _("A hand-over has been answered")
    TOPIC = "topic", _("Something to do that is not a case")
    EMERGENCY = "emergency", _("A case opened in an emergency")
    NEW_DEVICE = "new_device", _("Sign-in from a new device")
    LOGIN_CHANGED = "login_changed", _("Your sign-in was changed")
