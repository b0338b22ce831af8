//! Rules of an update, against what runs (zosbase:pkg/gridtypes/deployment.go `Upgrade`).

use super::{Broken, Verdict, broken, check, ensure, place};
use crate::Error;
use crate::deployment::{Deployment, Kind, Workload, WorkloadData};

pub(in crate::deployment) fn check_update(
    after: &Deployment,
    before: &Deployment,
) -> Result<(), Error> {
    check(after)?;
    whole(after, before).map_err(|Broken(at, remedy)| Error::Rule { at, remedy })?;
    for (index, workload) in after.workloads.iter().enumerate() {
        let earlier = before.workloads.iter().find(|w| w.name == workload.name);
        one(after, workload, earlier).map_err(|Broken(field, remedy)| Error::Rule {
            at: place(index, workload, &field),
            remedy,
        })?;
    }
    Ok(())
}

fn whole(after: &Deployment, before: &Deployment) -> Verdict {
    ensure(
        after.twin_id == before.twin_id && after.contract_id == before.contract_id,
        "twin_id, contract_id",
        "an update cannot change twin or contract; deploy anew instead",
    )?;
    ensure(
        Some(after.version) == before.version.checked_add(1),
        "version",
        "an update has the version of what runs plus one",
    )?;
    ensure(
        after.public_ips() == before.public_ips(),
        "workloads",
        "an update cannot change the number of public IPv4 addresses; deploy anew instead",
    )
}

fn one(after: &Deployment, workload: &Workload, earlier: Option<&Workload>) -> Verdict {
    let touched = workload.version == after.version;
    let Some(earlier) = earlier else {
        return ensure(
            touched,
            "version",
            "a workload that is new has the deployment's version",
        );
    };
    ensure(
        workload.data.kind() == earlier.data.kind(),
        "type",
        "an update cannot change it; add a workload with another name instead",
    )?;
    let same = workload.data == earlier.data
        && workload.metadata == earlier.metadata
        && workload.description == earlier.description;
    if !touched {
        ensure(
            same,
            "version",
            "it is changed, so set the deployment's version: the node would leave the change out",
        )?;
        return ensure(
            workload.version == earlier.version,
            "version",
            "it is not changed, so keep the version it has",
        );
    }
    ensure(
        matches!(
            workload.data.kind(),
            Kind::Network | Kind::NetworkLight | Kind::Zmount | Kind::Volume
        ),
        "data",
        "nodes cannot update workloads of this type; keep it as it is, or deploy anew",
    )?;
    match (&workload.data, &earlier.data) {
        (WorkloadData::Zmount(new), WorkloadData::Zmount(old)) if new.size < old.size => broken(
            "data.size",
            "a disk can only grow; keep at least the size it has",
        ),
        _ => Ok(()),
    }
}
