#pragma once

#include "core/flow/living_project.h"
#include "core/vault/proofs.h"
#include "core/vault/running.h"

#include <functional>

namespace tau::ui {

/// One of a project's vaults, as it answers now.
struct VaultState {
    vault::NodeRecord node; ///< as it signed itself at the receipt
    std::string registration_id;
    vault::Receipt receipt; ///< the one in project.yaml
    std::optional<vault::RegistrationStatus> status;
    std::vector<vault::ProjectVersion> versions; ///< one for each part that its deployments name
    std::optional<vault::PublishedProofs> proofs;
    std::optional<Error> error;        ///< why it did not say how things stand
    std::optional<Error> proofs_error; ///< why it shows no proofs that hold
};

/// What one vault made of the deployments it was sent.
using SentDeployments = Result<vault::DeploymentsAnswer>;
/// Called from several threads, as soon as the vault of this number in project.yaml has answered.
using VaultAnswered = std::function<void(std::size_t vault, const SentDeployments& answer)>;

/// A later change of a project, as a person asks for it.
struct ChangeWish {
    enum class Kind {
        rotate,
        move,
        again, ///< registers with the same vaults anew
        remove
    };
    Kind kind = Kind::rotate;
    std::vector<std::string> vaults;      ///< node ids: whose keys or registrations end; not remove
    std::vector<project::VaultChoice> to; ///< only move
    flow::RemovalOptions removal;         ///< without_answer: move and again, too
};

/// What the window asks about a project's life with its vaults. Everything blocks and may be
/// called from several threads; the window calls it on a Job's thread. `unauthenticated`: the
/// owner's key is locked.
class LivingServices {
public:
    virtual ~LivingServices() = default;

    /// All of the project's vaults, in the order of project.yaml; one that is down says so.
    virtual Result<std::vector<VaultState>> ask_vaults(const flow::LocalProject& project,
                                                       std::stop_token stop) = 0;
    /// To all vaults at the same time; answers as `answered`, in the order of project.yaml.
    virtual Result<std::vector<SentDeployments>>
    send_deployments(const flow::LocalProject& project, const std::vector<vault::Deployment>& rows,
                     const VaultAnswered& answered, std::stop_token stop) = 0;
    /// The change that the project went through last, if it was on this computer.
    virtual Result<std::optional<flow::LastChange>>
    last_change(const flow::LocalProject& project) = 0;
    /// Does nothing yet.
    virtual Result<std::shared_ptr<flow::Flow>> plan_change(const flow::LocalProject& project,
                                                            const ChangeWish& wish,
                                                            std::stop_token stop) = 0;
};

} // namespace tau::ui
