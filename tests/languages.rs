//! The widget in every language: words, direction, numbers. The numbers are those of the design's list.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod stage;

use order::api::State;
use stage::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use words::{Flaw, Label, Lang};

wasm_bindgen_test_configure!(run_in_browser);

async fn stage_in(lang: Lang) -> Stage {
    // Its routes and an empty session are what is wanted of this one.
    drop(Stage::new().await);
    Stage::painted_in(lang).live().await
}

#[wasm_bindgen_test]
async fn w42_page_and_style_know_the_direction() {
    let _stage = stage_in(Lang::Ar).await;
    let root = document().document_element().unwrap();
    assert_eq!(root.get_attribute("dir").unwrap(), "rtl");
    let style = include_str!("../style/main.css");
    for side in ["left", "right"] {
        for property in [
            "margin-",
            "padding-",
            "border-",
            "text-align: ",
            " ",
            "inset-",
        ] {
            let physical = [property, side, ":"].concat();
            assert!(!style.contains(&physical), "{physical}");
        }
    }
    assert!(!style.contains("text-align: left") && !style.contains("text-align: right"));
}

#[wasm_bindgen_test]
async fn w42_numbers_and_prices_are_written_by_intl() {
    for (lang, price, disk) in [
        (Lang::En, "$9.18 / month", "1,000 GiB disk"),
        (Lang::Nl, "$\u{a0}9,18 / maand", "1.000 GiB schijf"),
        (Lang::Fr, "9,18\u{a0}$ / mois", "1\u{202f}000 Gio de disque"),
        (Lang::De, "9,18\u{a0}$ / Monat", "1.000 GiB Platte"),
    ] {
        let _stage = stage_in(lang).await;
        assert_eq!(text("[for=f-size-small] span:last-child"), price);
        assert_eq!(text("[for=f-size-large] span:nth-of-type(2)"), disk);
    }
    let _stage = stage_in(Lang::Ar).await;
    assert!(text("[for=f-size-small] span:last-child").contains("9.18"));
}

#[wasm_bindgen_test]
async fn w42_times_are_written_by_intl() {
    for (lang, took) in [
        (Lang::En, "Deployed in 2 min 31 sec"),
        (Lang::Nl, "Klaar in 2 min 31 sec"),
        (Lang::De, "Bereit nach 2 Min. 31 Sek."),
    ] {
        let _stage = stage_in(lang).await;
        let mut ready = deployment(State::Ready);
        ready.created_at = "2026-01-01T00:00:00Z".into();
        ready.ready_at = Some("2026-01-01T00:02:31Z".into());
        deploys(&ready);
        shows(&ready);
        fill("#f-name", "myclub").await;
        click("#deploy").await;
        until_screen("review").await;
        click("#confirm").await;
        until_screen("result").await;
        assert_eq!(text("#took"), took);
    }
}

#[wasm_bindgen_test]
async fn w43_the_widget_speaks_the_language_of_its_page() {
    for lang in Lang::ALL {
        let _stage = stage_in(lang).await;
        fill("#f-name", "ab").await;
        assert_eq!(error("name"), Flaw::NameTooShort.text(lang));
        fill("#f-name", "MyClub").await;
        assert_eq!(
            error("name"),
            words::fill(Flaw::NameUpperCase.text(lang), &["myclub"])
        );
        fill("#f-name", "myclub").await;
        until("the name is checked", || {
            text("#f-name-verdict") == Label::Free.text(lang)
        })
        .await;
        assert_eq!(text("[for=f-location-ghent] b"), Label::Ghent.text(lang));
    }
}

#[wasm_bindgen_test]
async fn w44_the_title_says_that_something_is_wrong() {
    document().set_title("Deploy je eigen PeerTube");
    let _stage = stage_in(Lang::Nl).await;
    press("#deploy");
    until("it is found", || {
        document().title().starts_with("Fout: Deploy")
    })
    .await;
    fill("#f-name", "myclub").await;
    click("#deploy").await;
    until_screen("review").await;
    assert_eq!(document().title(), "Deploy je eigen PeerTube");
}
