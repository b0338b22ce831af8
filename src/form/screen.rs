//! The form's screen: what `index.html` says about each field comes to life.

use order::{Field, GridKind, OrderDraft, SshPublicKey};

use super::{address, cards, field, plain, summary, value};
use words::Label;

use crate::{
    app::{App, State},
    check::{About, Tone},
    dom,
    el::{El, target_checked, target_value},
    text,
};

/// Gives life to the painted form.
pub(crate) fn bind(app: App, form: &El) {
    let development = |state: &State| state.catalogue.grid == GridKind::Devgrid;
    form.find("#development").when(app, development);
    cards::bind(app, form, Field::Size);
    cards::bind(app, form, Field::Location);
    for text in [Field::Name, Field::GitUrl, Field::SshKey, Field::AdminEmail] {
        field::bind(app, form, text);
    }
    address::bind(app, form);
    git(app, form);
    ssh(app, form);
    option(app, form.find("#f-private"), |d| &mut d.private);
    option(app, form.find("#f-p2p"), |d| &mut d.p2p);
    summary::bind_problems(app, form);
    summary::bind_bar(app, form);
    let release = move |_| app.release();
    form.clone()
        .on("pointerdown", move |_| app.press())
        .on("pointerup", release)
        .on("pointercancel", release)
        // A pointer that was let go outside is not heard of.
        .on("keydown", release)
        .on("submit", move |event| {
            event.prevent_default();
            app.submit();
        });
}

fn git(app: App, form: &El) {
    let answer = |state: &State| About::Repository.answer(state).shown();
    field::bind_verdict(app, form, Field::GitUrl, answer);
    form.find("#git-optional").live_text(app, |state| {
        text::of(match state.catalogue.git_url_required {
            true => Label::Required,
            false => Label::Optional,
        })
        .into()
    });
    let better = |state: &State| {
        let answer = About::Repository.answer(state);
        answer.suggestion.clone().unwrap_or_default()
    };
    form.find("#f-git_url-suggestion")
        .live_text(app, move |state| {
            text::with(Label::UseInstead, &[&better(state)]).into()
        })
        .when(app, move |state| !better(state).is_empty())
        .on("click", move |_| {
            let better = better(&app.peek());
            app.edit(Field::GitUrl, better);
            dom::focus("f-git_url");
        });
}

fn ssh(app: App, form: &El) {
    let wanted = |state: &State| state.draft.ssh_key.is_some();
    let choose = move |event| app.want_key(target_value(&event) == "yes");
    form.find("#f-ssh-no")
        .live_checked(app, move |state| !wanted(state))
        .on("change", choose);
    form.find("#f-ssh-yes")
        .live_checked(app, wanted)
        .on("change", choose);
    form.find("#key").when(app, wanted);
    // As it will be known: kind, bits, fingerprint, comment.
    field::bind_verdict(app, form, Field::SshKey, |state| {
        let key = plain(value(&state.draft, Field::SshKey));
        match key.parse::<SshPublicKey>() {
            Ok(key) => (Tone::Good, text::key(&key).into()),
            Err(_) => (Tone::Silent, "".into()),
        }
    });
}

fn option(app: App, checkbox: El, of: fn(&mut OrderDraft) -> &mut bool) {
    checkbox
        .live_checked(app, move |state| *of(&mut state.draft.clone()))
        .on("change", move |event| {
            app.set_option(of, target_checked(&event));
        });
}
