//! With which headers the widget's page and the files beside it are sent: by the service, and by any
//! static host (`cargo xtask dist` writes them down for it).

/// Headers of the page. `connect` is the origin of the API where that is not the page's own; `ancestors`
/// are the origins that may frame the page, with a space between them; nobody when there are none.
pub fn page_headers(connect: &str, ancestors: &str) -> [(&'static str, String); 7] {
    let connect = match connect {
        "" => String::new(),
        origin => [" ", origin].concat(),
    };
    let ancestors = match ancestors {
        "" => "'none'",
        origins => origins,
    };
    let policy = [
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'",
        &connect,
        "; base-uri 'none'; form-action 'none'; frame-ancestors ",
        ancestors,
    ];
    [
        ("content-security-policy", policy.concat()),
        ("cache-control", "no-cache".into()),
        ("x-content-type-options", "nosniff".into()),
        ("referrer-policy", "no-referrer".into()),
        // Both, or a page with `Cross-Origin-Embedder-Policy: require-corp` shows an empty frame.
        ("cross-origin-resource-policy", "cross-origin".into()),
        ("cross-origin-embedder-policy", "require-corp".into()),
        ("permissions-policy", PERMISSIONS.into()),
    ]
}

/// Headers of every other file.
pub const FILE_HEADERS: [(&str, &str); 3] = [
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "cross-origin"),
    // Modules of another origin, `embed.js`, come no other way; nothing here is secret.
    ("access-control-allow-origin", "*"),
];

/// How long a file may be kept: for ever when its name changes with what is in it.
pub fn cache_control(file: &str) -> &'static str {
    if is_hashed(file) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// Whether the name holds the hash of what is in it, as trunk writes it: 16 hex digits.
fn is_hashed(name: &str) -> bool {
    let hex = |part: &str| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
    name.split(['-', '_', '.']).any(hex)
}

/// All off but writing to the clipboard.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
    encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), \
    microphone=(), midi=(), payment=(), usb=(), clipboard-read=(), clipboard-write=(self)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_api_and_who_may_frame_the_page() {
        let policy = |connect, ancestors| page_headers(connect, ancestors)[0].1.clone();
        assert!(policy("", "").contains("connect-src 'self'; "));
        assert!(policy("", "").ends_with("frame-ancestors 'none'"));
        let both = policy("https://api.example", "https://a.example https://b.example");
        assert!(both.contains("connect-src 'self' https://api.example; "));
        assert!(both.ends_with("frame-ancestors https://a.example https://b.example"));
    }

    #[test]
    fn files_with_their_hash_in_the_name_are_kept() {
        for (file, kept) in [
            ("gridtube-03a56160ca56ec78_bg.wasm", true),
            ("main-8b0b0cb0f6b2dbb7.css", true),
            ("embed.js", false),
            ("boot.js", false),
        ] {
            assert_eq!(cache_control(file) != "no-cache", kept, "{file}");
        }
    }
}
