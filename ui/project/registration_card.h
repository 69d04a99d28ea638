#pragma once

#include "ui/common/finding_list.h"
#include "ui/common/job.h"
#include "ui/common/page.h"
#include "ui/services.h"

namespace tau::ui {

/// A project's registration with one vault: its state, what the vault checked, the receipt, the
/// proofs that it shows to anyone, and the fingerprints.
class RegistrationCard : public Card {
    Q_OBJECT
public:
    explicit RegistrationCard(VaultState state, QWidget* parent = nullptr);
    /// Checks everything that the vault shows on this computer, asking nobody.
    void verify();
    bool is_verified() const { return verified_; }
    QPushButton& verify_button() { return *verify_; }
    FindingList& proofs() { return *proofs_; }
    const VaultState& state() const { return state_; }

private:
    void add_head();
    void add_facts();
    void add_checks();
    void add_fingerprints();
    void show_verified(const std::array<Result<void>, 5>& held);

    const VaultState state_;
    bool verified_ = false;
    QPushButton* verify_;
    FindingList* proofs_;
    Job job_;
};

} // namespace tau::ui
