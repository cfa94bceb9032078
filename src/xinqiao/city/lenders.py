"""Who lends and guarantees in the city; none of them exists."""

BANK, MICROLOAN, PAWN, GUARANTOR = "bank", "microloan", "pawn", "guarantor"

# By kind, the largest first.
LENDERS: dict[str, tuple[str, ...]] = {
    BANK: (
        "信桥农村商业银行股份有限公司",
        "信桥银行股份有限公司",
        "云岭村镇银行股份有限公司",
        "滨江商业银行股份有限公司信桥分行",
        "桥东惠民村镇银行股份有限公司",
        "海岳银行股份有限公司信桥分行",
        "南岭商业银行股份有限公司信桥分行",
        "东汇银行股份有限公司信桥支行",
    ),
    MICROLOAN: (
        "信桥市汇民小额贷款有限公司",
        "信桥市桥东盛丰小额贷款有限公司",
        "信桥市高新科创小额贷款有限公司",
        "信桥市临港互助小额贷款有限公司",
        "信桥市云岭惠农小额贷款有限公司",
    ),
    PAWN: ("信桥市恒信典当有限公司", "信桥市宝通典当有限公司", "信桥市德昌典当有限公司"),
    GUARANTOR: (
        "信桥市融资担保有限公司",
        "信桥市农业融资担保有限公司",
        "信桥科创融资担保有限公司",
    ),
}
