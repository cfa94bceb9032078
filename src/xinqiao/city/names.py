"""Names of enterprises, people and places, as they sound in a Chinese city."""

from collections.abc import Callable
from itertools import accumulate

from xinqiao.city.codes import CITY_NAME

Random = Callable[[], float]

_FIRST = (
    "信恒鑫瑞华宏盛嘉泰博远联创锦天德昌顺百千万汇聚荣凯达康源丰润安广金银海江云岭桥诚"
    "立志同和众正祥福利通亚中新佳美兴旺永隆裕骏捷晟启朗奕卓睿尚优"
)
_SECOND = (
    "达源泰丰盛隆鑫诚信和瑞祥兴华通顺荣昌安康宁远航腾飞翔邦邺业创联盟辉煌耀明亮佳美雅"
    "韵景程锐胜捷润泽沃禾田森林峰岳川海洋润升恒基石铭德仁义"
)
_SURNAMES = {
    "王": 7.2, "李": 7.2, "张": 6.8, "刘": 5.2, "陈": 5.6, "杨": 3.1, "黄": 2.5, "赵": 2.1,
    "吴": 2.2, "周": 2.0, "徐": 1.7, "孙": 1.5, "马": 1.3, "朱": 1.3, "胡": 1.3, "郭": 1.2,
    "何": 1.2, "林": 1.5, "高": 1.0, "罗": 1.0, "郑": 1.0, "梁": 0.9, "谢": 0.8, "宋": 0.7,
    "唐": 0.7, "许": 0.7, "邓": 0.7, "韩": 0.6, "冯": 0.6, "曹": 0.6, "彭": 0.6, "曾": 0.6,
    "肖": 0.6, "田": 0.5, "董": 0.5, "潘": 0.5, "袁": 0.5, "蔡": 0.5, "蒋": 0.5, "余": 0.5,
    "欧阳": 0.1, "司徒": 0.05,
}  # fmt: skip
_SURNAME_LIST = tuple(_SURNAMES)
_SURNAME_SHARES = tuple(accumulate(_SURNAMES.values()))
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华建国文辉玲燕红春梅海波宁浩鹏飞宇欣"
    "雨晨佳怡子轩梓涵思远志强晓东雪莲永康俊凯嘉豪国栋婷婉清若诗立新家乐"
)
_ROADS = (
    "人民路", "解放路", "建设路", "中山路", "和平路", "新华路", "文化路", "科技路",
    "创业路", "迎宾大道", "滨江大道", "信桥大道", "工业一路", "工业二路", "软件园路", "长桥街",
    "东门街", "西市街", "北苑路", "南湖路", "云岭路", "学府路",
)  # fmt: skip
_BUILDINGS = ("商务中心", "科技园", "广场", "工业园", "大厦", "创业园", "商贸城", "产业园")


def person(random: Random) -> str:
    """A person's name."""
    target = random() * _SURNAME_SHARES[-1]
    surname = next(name for name, share in zip(_SURNAME_LIST, _SURNAME_SHARES, strict=True) if target < share)
    given = _GIVEN[int(random() * len(_GIVEN))]
    return surname + given + (_GIVEN[int(random() * len(_GIVEN))] if random() < 0.72 else "")


def trade_name(random: Random) -> str:
    """The distinctive part of an enterprise's name (字号)."""
    name = _FIRST[int(random() * len(_FIRST))] + _SECOND[int(random() * len(_SECOND))]
    return name + (_SECOND[int(random() * len(_SECOND))] if random() < 0.35 else "")


def company_name(random: Random, word: str) -> str:
    """A company's full name in one of the usual forms."""
    name, draw = trade_name(random), random()
    if draw < 0.72:
        return f"{CITY_NAME}{name}{word}有限公司"
    if draw < 0.85:
        return f"信桥{name}{word}有限公司"
    if draw < 0.985:
        return f"{name}（信桥）{word}有限责任公司"
    return f"信桥{name}{word}股份有限公司"


def shop_name(random: Random, word: str, county: str, owner: str) -> str:
    """An individual business's full name; some carry the owner's surname."""
    name = f"{owner[0]}记" if random() < 0.2 else trade_name(random)
    return f"{CITY_NAME}{county}{name}{word}"


def address(random: Random, county: str) -> str:
    """An address in a county."""
    road, number = _ROADS[int(random() * len(_ROADS))], 1 + int(random() * 380)
    place = f"{CITY_NAME}{county}{road}{number}号"
    if random() < 0.55:
        building = _BUILDINGS[int(random() * len(_BUILDINGS))]
        block, floor, room = 1 + int(random() * 12), 1 + int(random() * 26), 1 + int(random() * 20)
        place += f"{trade_name(random)}{building}{block}栋{floor}{room:02d}室"
    return place
