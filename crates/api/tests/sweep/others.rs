//! What is not ours to sweep.

use std::sync::Arc;

use api::engine::Owner;
use api::store::{Changes, Store};
use grid::{Call, Contract, Grid};

use crate::listing::Listing;
use crate::{leave_behind, lives, looks, owner, pay, run, world};

#[tokio::test(start_paused = true)]
async fn markers_of_others_are_left_alone() {
    let world = world(0).await;
    let left = leave_behind(&world).await;
    let markers = [
        ("gridtube/1/other/a", Owner::OtherDatabase),
        ("gridtube/1/memory2/a", Owner::OtherDatabase),
        ("gridtube/1//a", Owner::OtherDatabase),
        ("gridtube/2/memory/a", Owner::Unmarked),
        ("gridtube/1/memory", Owner::Unmarked),
        ("gridtube/1/memory/", Owner::Unmarked),
        ("gridtube/1/memory/a/a", Owner::Unmarked),
        ("gridtube/1memory/a", Owner::Unmarked),
        ("xgridtube/1/memory/a", Owner::Unmarked),
        ("", Owner::Unmarked),
    ];
    let mut kept = vec![];
    for (marker, owner) in markers {
        kept.push((pay(&world, marker).await, owner, marker));
    }
    // Even if this database had recorded their numbers.
    let mut record = world.get("a").await;
    (record.contracts.name, record.contracts.gateway) = (Some(kept[0].0), Some(kept[3].0));
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    let survey = looks(&world, 3).await;
    for (id, is, marker) in kept {
        assert_eq!(owner(&survey, id), is, "{marker:?}");
        assert!(lives(&world, id), "{marker:?}");
    }
    assert!(!survey.is_outdated());
    assert!(!lives(&world, left), "it did sweep");
}

#[tokio::test(start_paused = true)]
async fn names_go_by_their_number_alone() {
    let world = world(0).await;
    for name in ["myclub", "unheard"] {
        let name = name.into();
        run(&world, Call::CreateName { name }).await;
    }
    let ours = world.contracts();
    let (mine, unheard) = (ours[3].id, ours[4].id);
    assert_eq!(looks(&world, 2).await.count(Owner::Unmarked), 2);
    assert!(lives(&world, mine) && lives(&world, unheard));

    // The same name, now one that `a` was seen to have, beside its machine.
    let left = leave_behind(&world).await;
    let mut record = world.get("a").await;
    record.contracts.name = Some(mine);
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    looks(&world, 2).await;
    assert!(!lives(&world, mine) && !lives(&world, left));
    assert!(lives(&world, unheard));
}

#[tokio::test(start_paused = true)]
async fn other_twins_contracts_and_number_zero_are_never_signed_for() {
    let mut world = world(0).await;
    let left = leave_behind(&world).await;
    let bogus = |id, twin| Contract {
        id,
        twin,
        data: "gridtube/1/memory/a".into(),
        name: None,
    };
    let grid = Listing::new(
        Arc::clone(&world.grid),
        vec![bogus(0, world.grid.twin()), bogus(1, 4711)],
    );
    // This database believes that it had them.
    let mut record = world.get("a").await;
    (record.contracts.name, record.contracts.gateway) = (Some(0), Some(1));
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    Arc::get_mut(&mut world.engine).unwrap().grid = Arc::clone(&grid) as _;
    let survey = looks(&world, 1).await;
    assert_eq!(survey.count(Owner::NotOurs), 2);
    assert_eq!(grid.signed(), [Call::Cancel { contract: left }]);
}
