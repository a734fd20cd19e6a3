"""Every message of the rules: key, requirement, neutral English sentence; `{}` takes our labels.

Keys are stable, so that a face in another language can say the same; sentences hold no content of a
record and judge nobody.
"""

MESSAGES: dict[str, tuple[str, str]] = {
    # Authors (schemas.rules.writing).
    "author.not-allowed": ("R16", "{}"),
    "author.caution": ("R16", "{}"),
    "author.unknown": ("R82", "The caseworker named here is not in the staff register."),
    "author.not-own-hand": ("R119", "Only the one named here can say so, by signing the version."),
    "author.role-differs": ("R26", "The role stated here is not the one in the staff register."),
    # Stays (stays).
    "stay.over-72-hours": ("R2", "The stay in a short-term unit is beyond 72 hours; it is valid."),
    "stay.over-14-days": ("R2", "The stay in a short-term unit is beyond 14 days; it is valid."),
    "stay.over-3-months": ("R2", "The stay in a mid-term unit is beyond 3 months; it is valid."),
    "stay.planned-and-departed": ("R80", "A stay that is only planned has a departure."),
    "stay.finished-without-departure": ("R80", "A finished stay has no departure."),
    "stay.active-without-admission": ("R80", "An active stay has no admission."),
    "stay.overlap": ("R80", "This stay begins before another one is over."),
    "stay.still-open": ("R80", "Another stay has begun since; close this one."),
    "stay.no-case-manager": ("R8", "An active stay names no case manager."),
    "stay.left-another-day": ("R80", "Summary and stay give different dates of departure."),
    "date.in-future": ("R87", "This happened, yet its date lies in the future."),
    # The person (person).
    "person.guardian-missing": ("R40", "A minor has no guardian or legal representative here."),
    "person.age-contradicts-minor": ("R87", "Age and minority at admission don't agree."),
    "person.no-assurance": ("R116", "It is not recorded that confidentiality was assured."),
    "person.interpreter-unnamed": ("R12", "An interpreter was needed, and none is named here."),
    "person.minimum-open": ("R62", "Part of the emergency minimum, without a reason: {}."),
    # Tasks of the units (tasks).
    "task.expected": ("R28", "Expected in this unit, neither done here nor elsewhere: {}."),
    "task.asked-again": ("R55", "Done again, though a completed one came before: {}."),
    "task.beyond-unit": ("R34", "Not among the services of this unit: {}."),
    # Identity snapshots and health baselines (snapshots, baseline).
    "snapshot.missing": ("R80", "No identity snapshot was taken: {}."),
    "snapshot.without-stay": ("R80", "The snapshot belongs to no recorded stay."),
    "baseline.missing": ("R81", "No baseline of this kind for this point of the stay: {}."),
    # Crisis, alerts, complaints (crisis).
    "crisis.unconfirmed": ("R22", "Written on the emergency path; no professional has confirmed."),
    "crisis.confirmed-by-author": ("R22", "Whoever wrote it can't confirm it."),
    "crisis.confirmed-before": ("R22", "Confirmed before it was written."),
    "crisis.alert-missing": ("R35", "A danger is stated, and no alert says so: {}."),
    "crisis.observation-unreviewed": ("R60", "No professional has reviewed the check-list."),
    "crisis.urgent-unseen": ("R56", "An urgent complaint, and no examination since."),
    # Instruments (retesting).
    "instrument.no-version": ("R77", "The instrument's version is missing."),
    "instrument.no-language": ("R68", "The language of the instrument is missing."),
    "instrument.no-items": ("R77", "The raw items are missing; a total alone can't be repeated."),
    "instrument.other-version": ("R77", "Given again in another version or language."),
    "instrument.other-author": ("R77", "Given again by somebody else; the same is preferred."),
    # Told to the person (told).
    "told.open": ("R24", "It is not recorded whether the person was told."),
    "told.copy-first": (
        "R24",
        "A result was handed over that nobody is said to have explained.",
    ),
    # Open items (open_items).
    "open-item.dropped": ("R105", "Still open, and not in the discharge summary: {}."),
    "open-item.not-taken-up": ("R105", "Received as open, and not taken up or answered: {}."),
    # Names (names).
    "name.person": ("R101", "The person's name stands in free text; use the code number."),
    "name.contact": ("R101", "The name of a contact person stands in free text."),
    "name.number": ("R101", "A number or address of the identity part stands in free text."),
    # Discharge and referral (discharge, referral).
    "discharge.unattested": ("R94", "No health professional has attested the clinical parts."),
    "discharge.attested-by-compiler": ("R94", "Compiled and attested by the same caseworker."),
    "discharge.other-compiler": ("R94", "Not compiled by the case manager of the stay."),
    "discharge.not-explained": ("R95", "It is not recorded that the summary was explained."),
    "discharge.not-understood": ("R95", "The summary was not fully understood; explain it again."),
    "discharge.minor-alone": ("R95", "A minor's parent or guardian has to understand it, too."),
    "discharge.self-care-missing": ("R95", "Self-care capacity is not recorded."),
    "discharge.no-copies": ("R96", "It is not recorded which copies were given or declined."),
    "copy.no-language": ("R96", "The language of the copy is missing."),
    "contacts.none": ("R98", "There is no contact list."),
    "contact.one-language": ("R98", "The entry is in one language only."),
    "referral.unapproved": ("R25", "No professional has approved the referral."),
    "referral.not-agreed": ("R76", "A transfer, and no word that the other facility agreed."),
    # Caseworkers (caseworkers).
    "caseworker.unlisted": ("R82", "This caseworker is not in the list of those in contact."),
    "caseworker.interprets-self": ("R12", "The interpreter and the caseworker are one person."),
    "caseworker.no-licence": ("R120", "A regulated profession without licence body and country."),
}
"""Key -> (requirement, sentence)."""
