"""Names of invented people and teams."""

from __future__ import annotations

from random import Random


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


# Family names with their spelling in Latin letters; the commoner ones first.
_FAMILY = _pairs(
    "王 Wang 李 Li 张 Zhang 刘 Liu 陈 Chen 杨 Yang "
    "黄 Huang 赵 Zhao 吴 Wu 周 Zhou 徐 Xu 孙 Sun "
    "马 Ma 朱 Zhu 胡 Hu 郭 Guo 何 He 林 Lin "
    "罗 Luo 郑 Zheng 梁 Liang 谢 Xie 宋 Song 唐 Tang "
    "许 Xu 邓 Deng 韩 Han 冯 Feng 曹 Cao 彭 Peng "
    "曾 Zeng 肖 Xiao 田 Tian 董 Dong 潘 Pan 袁 Yuan "
    "蔡 Cai 蒋 Jiang 余 Yu 杜 Du 叶 Ye 程 Cheng "
    "苏 Su 魏 Wei 吕 Lyu 丁 Ding 任 Ren 沈 Shen"
)
_GIVEN = _pairs(
    "雨桐 Yutong 欣怡 Xinyi 梓涵 Zihan 诗琪 Shiqi 佳宁 Jianing "
    "晓雯 Xiaowen 婷婷 Tingting 静怡 Jingyi 思远 Siyuan 浩然 Haoran "
    "子轩 Zixuan 宇航 Yuhang 俊杰 Junjie 志强 Zhiqiang 建国 Jianguo "
    "明月 Mingyue 可欣 Kexin 雅琴 Yaqin 海燕 Haiyan 晨曦 Chenxi "
    "文博 Wenbo 天宇 Tianyu 睿 Rui 敏 Min 磊 Lei 洋 Yang "
    "静 Jing 丽 Li 超 Chao 娜 Na 涛 Tao 艳 Yan "
    "勇 Yong 芳 Fang 杰 Jie 玲 Ling 鹏 Peng 慧 Hui "
    "若溪 Ruoxi 嘉豪 Jiahao 梦洁 Mengjie 一诺 Yinuo 书瑶 Shuyao "
    "沐阳 Muyang 安琪 Anqi 承恩 Chengen 语嫣 Yuyan 景行 Jingxing"
)
_ABROAD = (
    *("Maria Santos", "Aisha Rahman", "Tomasz Nowak", "Priya Nair", "Liam O'Connor"),
    *("Sofia Rossi", "Kenji Watanabe", "Ji-woo Park", "Lucía Fernández", "Noah Becker"),
    *("Amara Okafor", "Élodie Martin", "Minh Nguyen", "Nur Aisyah", "Daniel Kim"),
    *("Chloé Dubois", "Arjun Mehta", "Hanna Lindqvist", "Omar Haddad", "Grace Mwangi"),
)
_TRANSLATE = str.maketrans("éíáàèçöüø", "eiaaecouo")
_DIGITS = "零一二三四五六七八九"


def people(count: int, random: Random) -> list[tuple[str, str]]:
    """Names and the logins made from them; one in twelve is from abroad. No login twice."""
    found: list[tuple[str, str]] = []
    names: set[str] = set()
    seen: dict[str, int] = {}
    abroad = list(_ABROAD)
    random.shuffle(abroad)
    for number in range(count):
        from_abroad = number % 12 == 7 and abroad
        name, login = _abroad(abroad) if from_abroad else _new_chinese(random, names)
        names.add(name)
        seen[login] = seen.get(login, 0) + 1
        found.append((name, login if seen[login] == 1 else f"{login}{seen[login]}"))
    return found


def _new_chinese(random: Random, taken: set[str]) -> tuple[str, str]:
    # In a large company some people do have the same name.
    for _attempt in range(20):
        name, login = _chinese(random)
        if name not in taken:
            break
    return name, login


def _abroad(left: list[str]) -> tuple[str, str]:
    name = left.pop()
    plain = name.lower().translate(_TRANSLATE).replace("'", "").replace("-", "")
    return name, plain.replace(" ", ".")


def _chinese(random: Random) -> tuple[str, str]:
    # Two draws, the smaller counts: the commoner family names are met more often.
    families, given_names = list(_FAMILY), list(_GIVEN)
    family = families[min(random.randrange(len(families)), random.randrange(len(families)))]
    given = random.choice(given_names)
    return family + given, f"{_GIVEN[given]}.{_FAMILY[family]}".lower()


def letters(number: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def chinese_number(number: int) -> str:
    """1–999 in Chinese: 12 is 十二, 120 is 一百二十."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
