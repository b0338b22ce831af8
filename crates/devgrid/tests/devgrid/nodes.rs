//! Plans, the directory, and what nodes check and make.

use std::time::Duration;

use devgrid::DevGridConfig;
use grid::{At, DomainKind, Grid, GridError, Placement, PreflightError, WorkloadState::*};

use crate::support::*;

fn is_rejected<T: std::fmt::Debug>(result: Result<T, GridError>, why: &str) {
    let error = result.unwrap_err();
    assert!(
        !error.is_transient() && error.to_string().contains(why),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_a_pure_function() {
    let (one, other) = (grid(), grid());
    let plan = |seed| one.plan(&blueprint("myclub"), &PLACE, &[seed; 32]).unwrap();
    tokio::time::sleep(BLOCK).await;
    let again = other.plan(&blueprint("myclub"), &PLACE, &[1; 32]).unwrap();
    assert!(plan(1) == again);
    assert_ne!(plan(1).machine.hash, plan(2).machine.hash);
    assert_ne!(plan(1).gateway.hash, plan(2).gateway.hash);
    assert_eq!(plan(1).name.as_deref(), Some("myclub"));

    let mut fqdn = blueprint("myclub");
    fqdn.want.domain_kind = DomainKind::GatewayFqdn;
    let plan = one.plan(&fqdn, &PLACE, &[1; 32]).unwrap();
    assert_eq!((plan.name.clone(), plan.calls().len()), (None, 2));
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_does_not_fit_is_refused_before_it_costs() {
    let grid = grid();
    let elsewhere = Placement { node: 99, ..PLACE };
    is_rejected(
        grid.plan(&blueprint("myclub"), &elsewhere, &[0; 32]),
        "no node 99",
    );
    let mut long = blueprint("myclub");
    long.marker = "x".repeat(513);
    is_rejected(grid.plan(&long, &PLACE, &[0; 32]), "512 bytes");
}

#[tokio::test(start_paused = true)]
async fn the_directory_filters_and_puts_the_emptiest_first() {
    let grid = grid();
    let nodes = async |want: &grid::Want| {
        let found = grid.candidates(want).await.unwrap();
        found
            .iter()
            .map(|p| (p.node, p.gateway))
            .collect::<Vec<_>>()
    };
    let mut want = want("myclub");
    assert_eq!(nodes(&want).await, [(11, 101), (12, 101)]);
    want.location.country = "at".into();
    want.domain = "tf9.io".into();
    assert_eq!(nodes(&want).await, [(21, 107), (22, 107)]);
    want.location.farms = vec![1];
    assert_eq!(nodes(&want).await, []);
    assert!(!grid.has_room(&want).await.unwrap());
    want.domain = "elsewhere.org".into();
    is_rejected(grid.candidates(&want).await, "no gateway serves");
}

#[tokio::test(start_paused = true)]
async fn the_directory_learns_of_a_deployment_later_than_its_node() {
    let grid = grid();
    send(&grid, &plan(&grid, "myclub")).await;
    let first = async || grid.candidates(&want("other")).await.unwrap()[0].node;
    assert_eq!(first().await, 11);
    tokio::time::sleep(BLOCK * 5).await;
    assert_eq!(first().await, 12);
}

#[tokio::test(start_paused = true)]
async fn workloads_come_up_one_after_the_other() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    let found = send(&grid, &plan).await;
    let (machine, gateway) = (found.machine.unwrap(), found.gateway.unwrap());
    let both = async || {
        let machine = grid.workloads(11, machine).await.unwrap();
        let gateway = grid.workloads(101, gateway).await.unwrap();
        (states(&machine), states(&gateway))
    };
    assert_eq!(both().await, (vec![Init; 4], vec![Init; 2]));
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(both().await, (vec![Ok, Ok, Init, Init], vec![Ok, Ok]));
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(both().await, (vec![Ok; 4], vec![Ok; 2]));
    let workloads = grid.workloads(11, machine).await.unwrap();
    let ipv6: Vec<_> = workloads.iter().filter_map(|w| w.ipv6.clone()).collect();
    assert_eq!(ipv6, [format!("2001:db8:0:b::{machine:x}")]);

    cancel(&grid, &found).await;
    assert_eq!(both().await, (vec![Deleted; 4], vec![Deleted; 2]));
    assert_eq!(grid.workloads(12, machine).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_deployment_sent_again_is_the_same() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    let found = send(&grid, &plan).await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    let machine = found.machine.unwrap();
    grid.deploy(&plan.machine, machine).await.unwrap();
    let workloads = grid.workloads(11, machine).await.unwrap();
    assert_eq!(states(&workloads), [Ok; 4], "it does not start over");
}

#[tokio::test(start_paused = true)]
async fn a_node_checks_what_it_is_sent() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    run(&grid, &plan.calls()).await;
    let found = grid.find(&plan, At::Best).await.unwrap();
    let machine = found.machine.unwrap();

    let mut changed = plan.machine.clone();
    changed.body = changed.body.replace("/init", "/evil");
    is_rejected(grid.deploy(&changed, machine).await, "signature");
    changed.body = "{}".into();
    is_rejected(grid.deploy(&changed, machine).await, "validation");
    changed.body = plan.machine.body.replace("\"twin\":100", "\"twin\":101");
    is_rejected(grid.deploy(&changed, machine).await, "twin id mismatch");
    changed.node = 99;
    is_rejected(grid.deploy(&changed, machine).await, "no node 99");
    assert_eq!(grid.workloads(11, machine).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn what_a_node_finds_out_later_shows_in_every_workload() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    run(&grid, &plan.calls()).await;
    let found = grid.find(&plan, At::Best).await.unwrap();
    let other = grid.plan(&blueprint("myclub"), &PLACE, &[8; 32]).unwrap();
    let cases = [
        (
            &other.machine,
            found.machine.unwrap(),
            "hash does not match",
        ),
        (
            &plan.machine,
            found.gateway.unwrap(),
            "invalid node address",
        ),
        (
            &plan.machine,
            found.name.unwrap(),
            "expecting node contract",
        ),
        (&plan.machine, 900, "not found"),
    ];
    for (deployment, contract, _) in cases {
        grid.deploy(deployment, contract).await.unwrap();
        let now = grid.workloads(11, contract).await.unwrap();
        assert_eq!(states(&now), [Init; 4], "it answers before it looks");
    }
    tokio::time::sleep(Duration::from_secs(8)).await;
    for (_, contract, why) in cases {
        let workloads = grid.workloads(11, contract).await.unwrap();
        assert_eq!(states(&workloads), [Error; 4]);
        assert!(
            workloads[0].message.contains(why),
            "{}",
            workloads[0].message
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_wants_the_name_reserved_by_us() {
    let grid = grid();
    for (name, why) in [
        ("nobodys", "must be reserved"),
        ("taken", "twin id mismatch"),
    ] {
        let plan = plan(&grid, name);
        run(&grid, &plan.calls()[1..]).await;
        let gateway = grid.find(&plan, At::Best).await.unwrap().gateway.unwrap();
        grid.deploy(&plan.gateway, gateway).await.unwrap();
        tokio::time::sleep(Duration::from_secs(8)).await;
        let workloads = grid.workloads(101, gateway).await.unwrap();
        assert_eq!(states(&workloads), [Error; 2]);
        assert!(
            workloads[0].message.contains(why),
            "{}",
            workloads[0].message
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_node_says_so_and_has_room_again_after_a_cancel() {
    let mut config = DevGridConfig::default();
    config.nodes.truncate(1);
    config.nodes[0].memory_gib = 6;
    let grid = grid_with(config);
    let first = send(&grid, &plan(&grid, "first")).await;
    let second = want("second");
    assert_eq!(
        grid.preflight(&second, &PLACE).await,
        Err(PreflightError::NoRoom(11))
    );

    let plan = grid.plan(&blueprint("second"), &PLACE, &[9; 32]).unwrap();
    let found = send(&grid, &plan).await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    let workloads = grid.workloads(11, found.machine.unwrap()).await.unwrap();
    assert_eq!(states(&workloads), [Error; 4]);
    assert!(
        workloads[0]
            .message
            .starts_with("failed to satisfy required capacity")
    );

    cancel(&grid, &first).await;
    cancel(&grid, &found).await;
    grid.preflight(&second, &PLACE).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn preflight_looks_at_the_node_and_the_name() {
    let mut config = DevGridConfig::default();
    config.nodes[0].ipv6 = false;
    let grid = grid_with(config);
    let preflight = async |name: &str, place: &Placement| {
        let want = want(name);
        grid.preflight(&want, place).await
    };
    let other = Placement { node: 12, ..PLACE };
    assert_eq!(preflight("myclub", &other).await, Result::Ok(()));
    assert_eq!(
        preflight("myclub", &PLACE).await,
        Err(PreflightError::NoIpv6(11))
    );
    assert_eq!(
        preflight("taken", &other).await,
        Err(PreflightError::NameTaken)
    );
    let candidates = grid.candidates(&want("myclub")).await.unwrap();
    assert_eq!(candidates, [other]);
}

#[tokio::test(start_paused = true)]
async fn a_whole_domain_needs_no_name_contract() {
    let grid = grid();
    let mut blueprint = blueprint("myclub");
    blueprint.want.domain_kind = DomainKind::GatewayFqdn;
    let plan = grid.plan(&blueprint, &PLACE, &[1; 32]).unwrap();
    let found = send(&grid, &plan).await;
    assert_eq!(found.ids().len(), 2);
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert!(grid.answers("myclub.ava.tf").is_some());
    let again = grid.preflight(&blueprint.want, &PLACE).await;
    assert_eq!(again, Err(PreflightError::NameTaken));
}

#[tokio::test(start_paused = true)]
async fn an_instance_answers_once_it_has_booted_and_until_it_is_cancelled() {
    let grid = grid();
    let found = send(&grid, &plan(&grid, "myclub")).await;
    tokio::time::sleep(Duration::from_millis(19_999)).await;
    assert_eq!(grid.answers("myclub.ava.tf"), None);
    tokio::time::sleep(Duration::from_millis(1)).await;
    let instance = grid.answers("myclub.ava.tf").unwrap();
    assert_eq!(
        (instance.name.as_str(), instance.vcpu, instance.disk >> 30),
        ("myclub", 2, 50)
    );
    assert_eq!(grid.answers("myclub.3x0.me"), None);
    cancel(&grid, &found).await;
    assert_eq!(grid.answers("myclub.ava.tf"), None);
}
