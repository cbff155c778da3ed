"""What somebody typed into the one search box: a name, a certificate number, or (a part of) an ID number."""

from __future__ import annotations

import re
from enum import Enum

from warrant.core.roster.text import half_width, is_ideograph, without_blanks

LONGEST_TOKEN = 60
LAST_CHARACTER = "\U0010ffff"

_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_ID_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_CERTIFICATE_NUMBER = re.compile(r"[0-9]{11}")


class Typed(Enum):
    """What a typed text is taken for."""

    NOTHING = "nothing"
    NAME = "name"
    CERTIFICATE_NUMBER = "certificate-number"
    ID_NUMBER = "id-number"
    ID_TAIL = "id-tail"


def search_form(text: str) -> str:
    """Return typed text in the form of the tokens: no blanks, dots or apostrophes, letters in lower case."""
    folded = "".join(
        character for character in text.casefold() if character.isalnum() or is_ideograph(character)
    )
    return folded.replace("ü", "v")[:LONGEST_TOKEN]


def id_number_form(text: str) -> str:
    """Return typed text in the normal form of ID numbers."""
    return half_width(without_blanks(text)).upper()


def kind_of(text: str) -> Typed:
    """Tell what ``text`` is; four characters of which three or four are digits are the end of an ID number."""
    plain = id_number_form(text)
    if not plain:
        return Typed.NOTHING
    if _ID_NUMBER.fullmatch(plain):
        return Typed.ID_NUMBER
    if _ID_TAIL.fullmatch(plain):
        return Typed.ID_TAIL
    if _CERTIFICATE_NUMBER.fullmatch(plain.replace("-", "")):
        return Typed.CERTIFICATE_NUMBER
    return Typed.NAME


_SYLLABLES = frozenset(
    """
    ang bai ban bang bao bei ben beng bian biang biao bie bin bing bong cai can cang cao cei cen ceng cha chai chan
    chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo cong cou cuan cui cun cuo
    dai dan dang dao dei den deng dia dian diao die din ding diu dong dou duan dui dun duo eng fan fang fei fen feng
    fiao fou gai gan gang gao gei gen geng gong gou gua guai guan guang gui gun guo hai han hang hao hei hen heng
    hng hong hou hua huai huan huang hui hun huo jia jian jiang jiao jie jin jing jiong jiu juan jue jun kai kan
    kang kao kei ken keng kong kou kua kuai kuan kuang kui kun kuo lai lan lang lao lei len leng lia lian liang liao
    lie lin ling liu long lou luan lun luo lve mai man mang mao mei men meng mian miao mie min ming miu mou nai nan
    nang nao nei nen neng nia nian niang niao nie nin ning niu nong nou nuan nun nuo nve pai pan pang pao pei pen
    peng pian piao pie pin ping pou qia qian qiang qiao qie qin qing qiong qiu quan que qun ran rang rao ren reng
    rong rou rua ruan rui run ruo sai san sang sao sen seng sha shai shan shang shao she shei shen sheng shi shou
    shu shua shuai shuan shuang shui shun shuo song sou suan sui sun suo tai tan tang tao tei teng tian tiao tie
    ting tong tou tuan tui tun tuo wai wan wang wei wen weng wong xia xian xiang xiao xie xin xing xiong xiu xuan
    xue xun yan yang yao yin ying yong you yuan yue yun zai zan zang zao zei zen zeng zha zhai zhan zhang zhao zhe
    zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zong zou zuan zui zun zuo
    """.split()
)
"""Syllables of pinyin of three letters and more."""


def is_short_token(token: str) -> bool:
    """Tell whether a token is so short that thousands bear it: one character, one or two letters, or one syllable.

    Such a token is found by equality and in the order of the names, a longer one by range and sorted afterwards.
    """
    return len(token) == 1 or token in _SYLLABLES or (len(token) == 2 and token.isascii())
