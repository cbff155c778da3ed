"""What is typed at the card centre and by the custodians."""

from warrant.apps.cardcentre.forms.ceremonies import CeremonyForm, PartForm
from warrant.apps.cardcentre.forms.jobs import CountForm, HandOverForm, ParcelForm, ReasonForm
from warrant.apps.cardcentre.forms.keys import HeardForm, MasterForm, SubKeyForm
from warrant.apps.cardcentre.forms.printing import PrintForm

__all__ = [
    "CeremonyForm",
    "CountForm",
    "HandOverForm",
    "HeardForm",
    "MasterForm",
    "ParcelForm",
    "PartForm",
    "PrintForm",
    "ReasonForm",
    "SubKeyForm",
]
