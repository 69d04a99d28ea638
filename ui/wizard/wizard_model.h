#pragma once

#include "ui/common/job.h"
#include "ui/common/networks.h"
#include "ui/common/theme.h"
#include "ui/services.h"

#include <QTimer>

#include <array>

namespace tau::ui {

/// What is known about a repository's name on the chosen host.
enum class NameState { unknown, checking, free, empty, taken, failed };

/// What all pages of the wizard edit: the draft, and what the git host said about its names.
/// Questions to the host start a moment after the last key, and an answer to an older question is
/// dropped.
class WizardModel : public QObject {
    Q_OBJECT
public:
    WizardModel(Services& services, Networks& networks, QObject* parent = nullptr);

    const project::Draft& draft() const { return draft_; }
    Services& services() const { return services_; }
    Networks& networks() const { return networks_; }
    std::shared_ptr<const vault::Network> network() const;
    const vault::GitHost* host() const;
    const std::optional<forge::Account>& account() const { return account_; }
    /// The chosen vaults as they signed themselves; one whose record is not valid now is left out.
    std::vector<vault::NodeRecord> vaults() const;
    /// What is worth knowing about the choice of vaults, though it will do.
    QStringList notes() const;

    /// Changes the draft by `edit` and tells everyone. Repository names follow the project's name
    /// until one is changed by hand.
    template <typename Edit>
    void edit(Edit edit) {
        const project::Draft before = draft_;
        edit(draft_);
        after_edit(before);
    }

    /// The first sentence about this field; empty when it will do.
    QString issue(project::Field field) const;
    NameState name_state(vault::Role role) const;
    /// Why this repository's name will not do on the host; empty when it will or is not known.
    QString name_issue(vault::Role role) const;
    /// "tb_shop is free", or what keeps it from being known.
    QString name_note(vault::Role role) const;
    bool checking() const;
    bool touched() const { return touched_; }
    /// The host's own words when it could not be asked.
    const std::optional<Error>& host_error() const { return host_error_; }

Q_SIGNALS:
    void changed();

private:
    struct Names {
        std::string host, owner;
        std::array<std::string, 2> names;
        bool operator==(const Names&) const = default;
    };
    void after_edit(const project::Draft& before);
    void follow_network();
    void ask_account();
    void ask_names();
    Names wanted_names() const;
    const project::RepositoryChoice& choice(vault::Role role) const;

    Services& services_;
    Networks& networks_;
    project::Draft draft_;
    bool touched_ = false;
    std::optional<forge::Account> account_;
    std::optional<Error> host_error_;
    std::string account_host_;
    Names asked_;
    std::array<NameState, 2> states_{};
    QTimer delay_;
    Job account_job_;
    Job names_job_;
};

/// "The name …" as the end of a longer sentence: "the name …".
QString clause(QString sentence);

/// "is free", as a tone for a note.
Tone tone_of(NameState state, bool use_existing);

} // namespace tau::ui
