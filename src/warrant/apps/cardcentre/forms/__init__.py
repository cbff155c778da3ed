"""What is typed at the card centre and by the custodians."""

from warrant.apps.cardcentre.forms.jobs import CountForm, HandOverForm, ParcelForm, ReasonForm
from warrant.apps.cardcentre.forms.keys import MasterForm, SubKeyForm
from warrant.apps.cardcentre.forms.printing import PrintForm

__all__ = ["CountForm", "HandOverForm", "MasterForm", "ParcelForm", "PrintForm", "ReasonForm", "SubKeyForm"]
