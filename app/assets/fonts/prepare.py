#!/usr/bin/env python3
"""Makes the embedded fonts from Debian's packages. Needs fontTools."""
from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = [
    ("/usr/share/fonts/opentype/inter/", "Inter-Regular.otf"),
    ("/usr/share/fonts/opentype/inter/", "Inter-SemiBold.otf"),
    ("/usr/share/fonts/truetype/jetbrains-mono/", "JetBrainsMono-Regular.ttf"),
    ("/usr/share/fonts/truetype/jetbrains-mono/", "JetBrainsMono-Bold.ttf"),
]
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl"]


def tabular(font):
    """Glyph names of figures, each with its tabular form."""
    gsub, forms = font["GSUB"].table, {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for table in gsub.LookupList.Lookup[index].SubTable:
                    forms.update(getattr(getattr(table, "ExtSubTable", table), "mapping", {}))
    return forms


for folder, name in FONTS:
    font = TTFont(folder + name)
    forms = tabular(font)
    for table in font["cmap"].tables:
        for code in range(0x30, 0x3A):
            if table.isUnicode() and table.cmap.get(code) in forms:
                table.cmap[code] = forms[table.cmap[code]]
    options = subset.Options()
    options.layout_features, options.name_IDs, options.hinting = FEATURES, ["*"], True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap().keys())
    subsetter.subset(font)
    font.save(name)
