"""Names of arXiv's categories, in languages in which readers know their fields."""

# fmt: off
_CHINESE: dict[str, dict[str, str]] = {
    "": {
        "astro-ph": "天体物理", "cond-mat": "凝聚态物理", "cs": "计算机科学", "econ": "经济学",
        "eess": "电气工程与系统科学", "gr-qc": "广义相对论与量子宇宙学", "hep-ex": "高能物理实验",
        "hep-lat": "高能物理：格点", "hep-ph": "高能物理唯象学", "hep-th": "高能物理理论", "math": "数学",
        "math-ph": "数学物理", "nlin": "非线性科学", "nucl-ex": "核物理实验", "nucl-th": "核物理理论",
        "physics": "物理学", "q-bio": "定量生物学", "q-fin": "定量金融", "quant-ph": "量子物理", "stat": "统计学",
    },
    "astro-ph": {
        "CO": "宇宙学与河外天体物理", "EP": "地球与行星天体物理", "GA": "星系天体物理", "HE": "高能天体物理现象",
        "IM": "天体物理仪器与方法", "SR": "太阳与恒星天体物理",
    },
    "cond-mat": {
        "dis-nn": "无序系统与神经网络", "mes-hall": "介观与纳米尺度物理", "mtrl-sci": "材料科学", "other": "其他凝聚态物理",
        "quant-gas": "量子气体", "soft": "软凝聚态物质", "stat-mech": "统计力学", "str-el": "强关联电子",
        "supr-con": "超导",
    },
    "cs": {
        "AI": "人工智能", "AR": "硬件体系结构", "CC": "计算复杂性", "CE": "计算工程、金融与科学", "CG": "计算几何",
        "CL": "计算与语言", "CR": "密码学与安全", "CV": "计算机视觉与模式识别", "CY": "计算机与社会", "DB": "数据库",
        "DC": "分布式、并行与集群计算", "DL": "数字图书馆", "DM": "离散数学", "DS": "数据结构与算法", "ET": "新兴技术",
        "FL": "形式语言与自动机理论", "GL": "综合文献", "GR": "图形学", "GT": "计算机科学与博弈论", "HC": "人机交互",
        "IR": "信息检索", "IT": "信息论", "LG": "机器学习", "LO": "计算机科学中的逻辑", "MA": "多智能体系统",
        "MM": "多媒体", "MS": "数学软件", "NA": "数值分析", "NE": "神经与进化计算", "NI": "网络与互联网体系结构",
        "OH": "其他计算机科学", "OS": "操作系统", "PF": "性能", "PL": "编程语言", "RO": "机器人学", "SC": "符号计算",
        "SD": "声音", "SE": "软件工程", "SI": "社会与信息网络", "SY": "系统与控制",
    },
    "econ": {"EM": "计量经济学", "GN": "一般经济学", "TH": "理论经济学"},
    "eess": {"AS": "音频与语音处理", "IV": "图像与视频处理", "SP": "信号处理", "SY": "系统与控制"},
    "math": {
        "AC": "交换代数", "AG": "代数几何", "AP": "偏微分方程分析", "AT": "代数拓扑", "CA": "经典分析与常微分方程",
        "CO": "组合数学", "CT": "范畴论", "CV": "复变函数", "DG": "微分几何", "DS": "动力系统", "FA": "泛函分析",
        "GM": "一般数学", "GN": "一般拓扑", "GR": "群论", "GT": "几何拓扑", "HO": "数学史与综述", "IT": "信息论",
        "KT": "K 理论与同调", "LO": "逻辑", "MG": "度量几何", "MP": "数学物理", "NA": "数值分析", "NT": "数论",
        "OA": "算子代数", "OC": "优化与控制", "PR": "概率论", "QA": "量子代数", "RA": "环与代数", "RT": "表示论",
        "SG": "辛几何", "SP": "谱理论", "ST": "统计理论",
    },
    "nlin": {
        "AO": "适应与自组织系统", "CD": "混沌动力学", "CG": "元胞自动机与格子气", "PS": "斑图形成与孤子", "SI": "精确可解与可积系统",
    },
    "physics": {
        "acc-ph": "加速器物理", "ao-ph": "大气与海洋物理", "app-ph": "应用物理", "atm-clus": "原子与分子团簇",
        "atom-ph": "原子物理", "bio-ph": "生物物理", "chem-ph": "化学物理", "class-ph": "经典物理", "comp-ph": "计算物理",
        "data-an": "数据分析、统计与概率", "ed-ph": "物理教育", "flu-dyn": "流体力学", "gen-ph": "普通物理",
        "geo-ph": "地球物理", "hist-ph": "物理学史与哲学", "ins-det": "仪器与探测器", "med-ph": "医学物理", "optics": "光学",
        "plasm-ph": "等离子体物理", "pop-ph": "大众物理", "soc-ph": "物理与社会", "space-ph": "空间物理",
    },
    "q-bio": {
        "BM": "生物分子", "CB": "细胞行为", "GN": "基因组学", "MN": "分子网络", "NC": "神经元与认知", "OT": "其他定量生物学",
        "PE": "种群与演化", "QM": "定量方法", "SC": "亚细胞过程", "TO": "组织与器官",
    },
    "q-fin": {
        "CP": "计算金融", "EC": "经济学", "GN": "一般金融", "MF": "数学金融", "PM": "投资组合管理", "PR": "证券定价",
        "RM": "风险管理", "ST": "统计金融", "TR": "交易与市场微观结构",
    },
    "stat": {
        "AP": "统计应用", "CO": "统计计算", "ME": "统计方法", "ML": "机器学习（统计）", "OT": "其他统计", "TH": "统计理论",
    },
}
# fmt: on

_NAMES = {
    "zh": {
        f"{archive}.{subject}" if archive else subject: name
        for archive, subjects in _CHINESE.items()
        for subject, name in subjects.items()
    }
}


def field_name(category: str, language: str) -> str:
    """A category's name in a language; empty where it is not known or not told."""
    return _NAMES.get(language, {}).get(category, "")
