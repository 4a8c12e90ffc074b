"""The sentences that a valid authorization carries (45 CFR 164.508(c)(2)), in plain words, shared by the forms."""

REVOKE = (
    "I may take this authorization back at any time by writing to the practice. What was sent before the practice "
    "received my letter cannot be called back."
)
NO_CONDITION = "My treatment, payment or eligibility for benefits does not depend on whether I sign this form."
PASSED_ON = (
    "Once the records have been sent, whoever receives them may pass them on, and federal privacy rules may no longer "
    "protect them."
)
GOOD_COPY = "A photocopy or fax of this form is as good as the original. I may have a copy of it."
STATEMENTS = (REVOKE, NO_CONDITION, PASSED_ON, GOOD_COPY)
