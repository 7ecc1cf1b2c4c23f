//! Languages as films name them (ISO 639-2), as players want them (BCP 47), and as their speakers call them.

/// ISO 639-2 terminological code, its bibliographic twin where it differs, ISO 639-1 code, endonym.
const TABLE: [(&str, &str, &str, &str); 72] = [
    ("afr", "", "af", "Afrikaans"),
    ("ara", "", "ar", "العربية"),
    ("aze", "", "az", "Azərbaycanca"),
    ("bel", "", "be", "Беларуская"),
    ("ben", "", "bn", "বাংলা"),
    ("bos", "", "bs", "Bosanski"),
    ("bre", "", "br", "Brezhoneg"),
    ("bul", "", "bg", "Български"),
    ("cat", "", "ca", "Català"),
    ("ces", "cze", "cs", "Čeština"),
    ("cym", "wel", "cy", "Cymraeg"),
    ("dan", "", "da", "Dansk"),
    ("deu", "ger", "de", "Deutsch"),
    ("ell", "gre", "el", "Ελληνικά"),
    ("eng", "", "en", "English"),
    ("epo", "", "eo", "Esperanto"),
    ("est", "", "et", "Eesti"),
    ("eus", "baq", "eu", "Euskara"),
    ("fas", "per", "fa", "فارسی"),
    ("fin", "", "fi", "Suomi"),
    ("fra", "fre", "fr", "Français"),
    ("gle", "", "ga", "Gaeilge"),
    ("glg", "", "gl", "Galego"),
    ("guj", "", "gu", "ગુજરાતી"),
    ("heb", "", "he", "עברית"),
    ("hin", "", "hi", "हिन्दी"),
    ("hrv", "", "hr", "Hrvatski"),
    ("hun", "", "hu", "Magyar"),
    ("hye", "arm", "hy", "Հայերեն"),
    ("ind", "", "id", "Bahasa Indonesia"),
    ("isl", "ice", "is", "Íslenska"),
    ("ita", "", "it", "Italiano"),
    ("jpn", "", "ja", "日本語"),
    ("kan", "", "kn", "ಕನ್ನಡ"),
    ("kat", "geo", "ka", "ქართული"),
    ("kaz", "", "kk", "Қазақша"),
    ("khm", "", "km", "ខ្មែរ"),
    ("kor", "", "ko", "한국어"),
    ("lat", "", "la", "Latina"),
    ("lav", "", "lv", "Latviešu"),
    ("lit", "", "lt", "Lietuvių"),
    ("ltz", "", "lb", "Lëtzebuergesch"),
    ("mal", "", "ml", "മലയാളം"),
    ("mar", "", "mr", "मराठी"),
    ("mkd", "mac", "mk", "Македонски"),
    ("mlt", "", "mt", "Malti"),
    ("mon", "", "mn", "Монгол"),
    ("msa", "may", "ms", "Bahasa Melayu"),
    ("nld", "dut", "nl", "Nederlands"),
    ("nob", "", "nb", "Norsk bokmål"),
    ("nor", "", "no", "Norsk"),
    ("oci", "", "oc", "Occitan"),
    ("pol", "", "pl", "Polski"),
    ("por", "", "pt", "Português"),
    ("ron", "rum", "ro", "Română"),
    ("rus", "", "ru", "Русский"),
    ("slk", "slo", "sk", "Slovenčina"),
    ("slv", "", "sl", "Slovenščina"),
    ("spa", "", "es", "Español"),
    ("sqi", "alb", "sq", "Shqip"),
    ("srp", "", "sr", "Српски"),
    ("swa", "", "sw", "Kiswahili"),
    ("swe", "", "sv", "Svenska"),
    ("tam", "", "ta", "தமிழ்"),
    ("tel", "", "te", "తెలుగు"),
    ("tha", "", "th", "ไทย"),
    ("tur", "", "tr", "Türkçe"),
    ("ukr", "", "uk", "Українська"),
    ("urd", "", "ur", "اردو"),
    ("vie", "", "vi", "Tiếng Việt"),
    ("wol", "", "wo", "Wolof"),
    ("zho", "chi", "zh", "中文"),
];

/// The shortest BCP 47 tag for a code of ISO 639-2, or the code itself: `fra` and `fre` are `fr`.
pub fn bcp47(code: &str) -> &str {
    find(code).map_or(code, |row| row.2)
}

/// What speakers of the language call it; a region after the code is ignored.
pub fn endonym(code: &str) -> Option<&'static str> {
    find(code.split('-').next().unwrap_or(code)).map(|row| row.3)
}

fn find(code: &str) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
    TABLE
        .iter()
        .find(|row| !code.is_empty() && [row.0, row.1, row.2].contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_codes_lead_to_the_same_language() {
        for code in ["fra", "fre", "fr", "fr-CA"] {
            assert_eq!(endonym(code), Some("Français"));
        }
        assert_eq!(bcp47("ger"), "de");
        assert_eq!(bcp47("gsw"), "gsw");
        assert_eq!(endonym(""), None);
    }
}
