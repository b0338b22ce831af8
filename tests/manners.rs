//! The manners of the form. The numbers are those of the design's list.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod stage;

use stage::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const CONTROLS: &str = "form input, form select, form textarea";

#[wasm_bindgen_test]
async fn w01_every_input_has_a_visible_label() {
    let _stage = Stage::new().await;
    click("#f-ssh-yes").await;
    let ids: Vec<_> = all(CONTROLS).iter().map(|c| c.id()).collect();
    assert_eq!(ids.len(), 14, "{ids:?}");
    for control in all(CONTROLS) {
        let label = format!("label[for=\"{}\"]", control.id());
        assert!(!text(&label).trim().is_empty(), "{label}");
        assert!(shown(&label), "{label}");
    }
}

#[wasm_bindgen_test]
async fn w02_help_and_error_describe_their_field_and_exist() {
    let _stage = Stage::new().await;
    let described = |selector: &str| find(selector).get_attribute("aria-describedby").unwrap();
    assert_eq!(described("#f-name"), "f-name-hint");
    fill("#f-name", "x").await;
    assert_eq!(described("#f-name"), "f-name-hint f-name-error");
    assert!(shown("#f-name-error") && shown("#f-name-hint"));
    for element in all("[aria-describedby]") {
        let ids = element.get_attribute("aria-describedby").unwrap();
        for id in ids.split(' ') {
            find(&format!("#{id}"));
        }
    }
}

#[wasm_bindgen_test]
async fn w03_a_field_is_invalid_only_while_its_error_is_shown() {
    let _stage = Stage::new().await;
    let invalid = || all("[aria-invalid]");
    assert!(invalid().is_empty());
    fill("#f-name", "x").await;
    assert_eq!(invalid().len(), 1);
    assert_eq!(invalid()[0].id(), "f-name");
    type_in("#f-name", "xyz").await;
    assert!(invalid().is_empty());
}

#[wasm_bindgen_test]
async fn w04_an_error_begins_with_a_hidden_word() {
    let _stage = Stage::new().await;
    fill("#f-name", "x").await;
    assert!(text("#f-name-error").starts_with("Error: "));
    assert_eq!(text("#f-name-error .apart"), "Error: ");
}

#[wasm_bindgen_test]
async fn w05_what_is_required_is_said_in_words() {
    let _stage = Stage::new().await;
    assert!(all("[required]").is_empty());
    assert!(find("form").has_attribute("novalidate"));
    assert!(text("label[for=f-name]").contains("(required)"));
    assert!(text("label[for=f-git_url]").contains("(optional)"));
    assert!(text("label[for=f-admin_email]").contains("(optional)"));
}

#[wasm_bindgen_test]
async fn w05_a_required_repository_is_called_so() {
    let stage = Stage::new().await;
    let strict = order::Catalogue {
        git_url_required: true,
        ..order::Catalogue::default()
    };
    answers("GET", "/v1/catalog", 200, &strict);
    let _stage = stage.reload().await;
    assert!(text("label[for=f-git_url]").contains("(required)"));
}

#[wasm_bindgen_test]
async fn w06_no_error_comes_before_a_field_is_left() {
    let _stage = Stage::new().await;
    for text in ["A", "A_", "A_b"] {
        type_in("#f-name", text).await;
        assert_eq!(error("name"), "", "{text}");
    }
    leave("#f-name").await;
    assert_ne!(error("name"), "");
}

#[wasm_bindgen_test]
async fn w07_leaving_an_empty_field_raises_no_error() {
    let _stage = Stage::new().await;
    for field in ["name", "git_url", "admin_email"] {
        leave(&format!("#f-{field}")).await;
        assert_eq!(error(field), "", "{field}");
    }
    fill("#f-name", "   ").await;
    assert_eq!(error("name"), "");
}

#[wasm_bindgen_test]
async fn w08_an_error_goes_with_the_keystroke_that_fixes_it() {
    let _stage = Stage::new().await;
    fill("#f-name", "ab").await;
    assert_ne!(error("name"), "");
    type_in("#f-name", "abc").await;
    assert_eq!(error("name"), "");
    fill("#f-admin_email", "ann@").await;
    assert_ne!(error("admin_email"), "");
    type_in("#f-admin_email", "ann@example").await;
    type_in("#f-admin_email", "ann@example.org").await;
    assert_eq!(error("admin_email"), "");
}

#[wasm_bindgen_test]
async fn w09_typing_never_raises_a_new_error() {
    let _stage = Stage::new().await;
    fill("#f-name", "ab").await;
    let before = error("name");
    type_in("#f-name", "a").await;
    assert_eq!(error("name"), before, "the same problem stays said");
    for text in ["a_b", "A", "--", "admin"] {
        type_in("#f-name", text).await;
        let now = error("name");
        assert!(now.is_empty() || now == before, "{text}: {now}");
    }
}

#[wasm_bindgen_test]
async fn w09_pasting_is_not_typing() {
    let _stage = Stage::new().await;
    click("#f-ssh-yes").await;
    paste("#f-ssh_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn").await;
    assert!(error("ssh_key").contains("PRIVATE"), "{}", error("ssh_key"));
}

#[wasm_bindgen_test]
async fn w10_submit_shows_every_error() {
    let _stage = Stage::new().await;
    type_in("#f-git_url", "nonsense").await;
    type_in("#f-admin_email", "nobody").await;
    click("#f-ssh-yes").await;
    click("#deploy").await;
    until("the summary", || shown("#error-summary")).await;
    for field in ["name", "git_url", "ssh_key", "admin_email"] {
        assert_ne!(error(field), "", "{field}");
    }
    assert_eq!(all("#error-summary li").len(), 4);
    assert_eq!(focused(), "error-summary");
    assert_eq!(screen(), "form");
}

#[wasm_bindgen_test]
async fn w12_each_line_of_the_summary_leads_to_its_field() {
    let _stage = Stage::new().await;
    type_in("#f-admin_email", "nobody").await;
    click("#deploy").await;
    until("the summary", || shown("#error-summary")).await;
    click("#error-summary [href=\"#f-name\"]").await;
    assert_eq!(focused(), "f-name");
    click("#error-summary [href=\"#f-admin_email\"]").await;
    assert_eq!(focused(), "f-admin_email");
    assert!(find("details").has_attribute("open"));
    let address = window().location().hash().unwrap();
    assert_eq!(address, "", "the fragment belongs to the permalink");
}

#[wasm_bindgen_test]
async fn w13_summary_and_field_use_the_same_words() {
    let _stage = Stage::new().await;
    type_in("#f-name", "x").await;
    type_in("#f-admin_email", "nobody").await;
    click("#deploy").await;
    until("the summary", || shown("#error-summary")).await;
    let lines = all("#error-summary li").into_iter();
    let lines: Vec<_> = lines.map(|l| l.text_content().unwrap()).collect();
    assert_eq!(lines, [error("name"), error("admin_email")]);
    type_in("#f-name", "xyz").await;
    assert_eq!(all("#error-summary li").len(), 1, "what is fixed is gone");
}

#[wasm_bindgen_test]
async fn w14_values_are_kept_after_any_error() {
    let stage = Stage::new().await;
    type_in("#f-name", "My Club").await;
    type_in("#f-admin_email", "nobody").await;
    choose("#f-domain", "ninja.tf").await;
    click("#f-size-large").await;
    click("#f-private").await;
    click("#deploy").await;
    until("the summary", || shown("#error-summary")).await;
    for _ in 0..2 {
        assert_eq!(value("#f-name"), "My Club");
        assert_eq!(value("#f-admin_email"), "nobody");
        assert_eq!(value("#f-domain"), "ninja.tf");
        find("#f-size-large:checked");
        find("#f-private:checked");
        settle().await;
    }
    let _stage = stage.reload().await;
    assert_eq!(value("#f-name"), "My Club", "also after a reload");
    assert_eq!(value("#f-domain"), "ninja.tf");
    find("#f-size-large:checked");
    find("#f-private:checked");
}

#[wasm_bindgen_test]
async fn w15_space_around_is_ignored_and_kept_inside() {
    let _stage = Stage::new().await;
    fill("#f-admin_email", "  ann@example.org ").await;
    assert_eq!(error("admin_email"), "");
    fill("#f-name", " myclub ").await;
    assert_eq!(error("name"), "");
    assert_eq!(text("#address"), "myclub.ava.tf");
    click("#deploy").await;
    until_screen("review").await;
    deploys(&deployment(order::api::State::Requested));
    confirm().await;
    until_screen("progress").await;
    let order = ordered(&calls("POST", "/v1/deployments")[0]);
    assert_eq!(order.name, "myclub");
    assert_eq!(order.admin_email.as_deref(), Some("ann@example.org"));
}

#[wasm_bindgen_test]
async fn w15_space_inside_is_an_error_and_not_removed() {
    let _stage = Stage::new().await;
    fill("#f-name", "my club").await;
    assert_ne!(error("name"), "");
    assert_eq!(value("#f-name"), "my club");
}

#[wasm_bindgen_test]
async fn w16_browsers_are_told_what_a_field_is() {
    let _stage = Stage::new().await;
    let is = |id: &str, name: &str| find(&format!("#f-{id}")).get_attribute(name).unwrap();
    assert_eq!(is("admin_email", "autocomplete"), "email");
    assert_eq!(is("admin_email", "inputmode"), "email");
    assert_eq!(is("git_url", "autocomplete"), "url");
    assert_eq!(is("git_url", "inputmode"), "url");
    for id in ["name", "git_url", "ssh_key", "admin_email"] {
        let control: web_sys::HtmlElement = find(&format!("#f-{id}")).unchecked_into();
        assert!(!control.spellcheck(), "{id}");
    }
}

#[wasm_bindgen_test]
async fn w17_radios_are_native_and_grouped_under_a_legend() {
    let _stage = Stage::new().await;
    for radio in all("form [type=radio]") {
        let group = radio.closest("fieldset").unwrap().unwrap();
        let legend = group.query_selector("legend").unwrap().unwrap();
        assert_ne!(legend.text_content().unwrap(), "");
    }
    assert_eq!(all("[type=radio][name=size]").len(), 3);
    assert_eq!(all("[type=radio][name=location]").len(), 2);
    assert_eq!(all("[type=radio][name=ssh]").len(), 2);
    assert!(all("[role=radio], [role=radiogroup]").is_empty());
}

#[wasm_bindgen_test]
async fn a_location_without_room_is_shown_with_the_reason() {
    let stage = Stage::new().await;
    let mut catalogue = order::Catalogue::default();
    catalogue.locations[0].state = order::LocationState::Full;
    answers("GET", "/v1/catalog", 200, &catalogue);
    let _stage = stage.reload().await;
    find("#f-location-ghent:disabled");
    assert!(text("label[for=f-location-ghent]").contains("no room now"));
    find("#f-location-vienna:checked");
}

#[wasm_bindgen_test]
async fn a_key_is_known_by_its_fingerprint_and_kept_when_the_choice_is_taken_back() {
    let _stage = Stage::new().await;
    assert!(!shown("#f-ssh_key"));
    click("#f-ssh-yes").await;
    type_in("#f-ssh_key", KEY).await;
    let said = text("#f-ssh_key-verdict");
    assert!(
        said.starts_with("ssh-ed25519 · 256 bits · SHA256:"),
        "{said}"
    );
    assert!(said.ends_with(" · me@home"), "{said}");
    type_in("#f-ssh_key", &KEY.replace(' ', "\t")).await;
    assert_eq!(text("#f-ssh_key-verdict"), said, "with tabs");
    type_in("#f-ssh_key", KEY).await;
    click("#f-ssh-no").await;
    assert!(!shown("#f-ssh_key"));
    click("#f-ssh-yes").await;
    assert_eq!(value("#f-ssh_key"), KEY);
}

#[wasm_bindgen_test]
async fn what_was_typed_before_the_wasm_came_is_taken_over() {
    let stage = Stage::new().await;
    drop(stage);
    let stage = Stage::painted();
    let name = find("#f-name");
    js_sys::Reflect::set(&name, &"value".into(), &"early".into()).unwrap();
    let name: web_sys::HtmlElement = name.unchecked_into();
    name.focus().unwrap();
    let _stage = stage.live().await;
    assert_eq!(value("#f-name"), "early");
    assert_eq!(text("#address"), "early.ava.tf");
    assert_eq!(focused(), "f-name", "the focus stays where it was");
}
