"""The code tables of the entries. A code once given is never given a second meaning; lines are only ever added."""

from __future__ import annotations

from warrant.core.standards.code_table import load

REWARD = load("reward", "奖励种类")
"""Source: Civil Servant Law (2018), Art. 52, for the first five; the rest from forms in use (assumption).

GB/T 8563.1 has codes for the same kinds; its text was not at hand, so the codes are ours (assumption).
"""

PUNISHMENT = load("punishment", "惩处种类")
"""Source: Administrative Sanctions Law for Public Officials (2020), Art. 7, for the first six; Party discipline
regulations for the next five; the rest from forms in use. GB/T 8563.3 was not at hand: codes are ours (assumption).
"""

ASSESSMENT = load("assessment", "年度考核等次")
"""Source: Civil Servant Law (2018), Art. 38; public institutions say 合格 where it says 称职."""

REVIEW_RESULT = load("review_result", "年审结果")
"""Our own list (assumption)."""

LEGAL_GRADE = load("legal_grade", "法律职业资格类别")
"""Classes A, B and C of the national certificate; before 2002 the lawyer's qualification (assumption)."""

OTHER_CERTIFICATE = load("other_certificate", "其他执法证件种类")
"""Our own list (assumption): the second family, and what people carried before."""
