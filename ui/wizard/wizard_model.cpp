#include "ui/wizard/wizard_model.h"

#include "core/base/text.h"
#include "ui/common/text.h"

#include <QDateTime>

#include <algorithm>

namespace tau::ui {

namespace {

using vault::Role;

constexpr std::chrono::milliseconds typing_pause{250};

std::size_t index_of(Role role) {
    return role == Role::configuration ? 0 : 1;
}

NameState state_of(const Result<std::optional<forge::Repository>>& answer) {
    if (!answer) {
        return NameState::failed;
    }
    if (!*answer) {
        return NameState::free;
    }
    return (*answer)->empty ? NameState::empty : NameState::taken;
}

} // namespace

WizardModel::WizardModel(Services& services, Networks& networks, QObject* parent)
    : QObject(parent), services_(services), networks_(networks) {
    delay_.setSingleShot(true);
    delay_.setInterval(typing_pause);
    connect(&delay_, &QTimer::timeout, this, &WizardModel::ask_names);
    connect(&networks_, &Networks::changed, this, &WizardModel::follow_network);
    follow_network();
}

std::shared_ptr<const vault::Network> WizardModel::network() const {
    const Networks::Entry* entry = networks_.current();
    return entry == nullptr ? nullptr : entry->network;
}

const vault::GitHost* WizardModel::host() const {
    const auto net = network();
    if (!net) {
        return nullptr;
    }
    const auto found =
        std::find_if(net->git_hosts.begin(), net->git_hosts.end(),
                     [this](const vault::GitHost& h) { return h.name == draft_.git_host; });
    // The network is kept alive by Networks, which tells when it goes.
    return found == net->git_hosts.end() ? nullptr : &*found;
}

std::vector<vault::NodeRecord> WizardModel::vaults() const {
    std::vector<vault::NodeRecord> records;
    for (const project::VaultChoice& choice : draft_.vaults) {
        if (auto record = vault::decode_record(choice.record, QDateTime::currentSecsSinceEpoch())) {
            records.push_back(std::move(*record));
        }
    }
    return records;
}

QStringList WizardModel::notes() const {
    QStringList sentences;
    for (const project::Issue& note : project::notes(draft_, QDateTime::currentSecsSinceEpoch())) {
        sentences << to_qt(note.sentence);
    }
    return sentences;
}

void WizardModel::follow_network() {
    edit([this](project::Draft& draft) {
        const auto net = network();
        if (net && host() == nullptr) {
            draft.git_host = net->git_hosts.empty() ? std::string() : net->git_hosts.front().name;
        }
    });
    ask_account();
    Q_EMIT changed();
}

void WizardModel::after_edit(const project::Draft& before) {
    if (draft_.name != before.name) {
        touched_ = true;
        const auto old_names = project::default_repository_names(before.name);
        const auto new_names = project::default_repository_names(draft_.name);
        const std::array choices{&draft_.configuration, &draft_.code};
        for (std::size_t i = 0; i < choices.size(); ++i) {
            if (choices[i]->name == old_names[i] || choices[i]->name.empty()) {
                choices[i]->name = draft_.name.empty() ? std::string() : new_names[i];
            }
        }
    }
    if (draft_.git_host != before.git_host) {
        ask_account();
    }
    if (!(wanted_names() == asked_)) {
        asked_ = wanted_names();
        states_ = {NameState::unknown, NameState::unknown};
        names_job_.drop();
        const bool worth_asking = !asked_.names[0].empty() && !asked_.owner.empty() &&
                                  is_repository_name(asked_.names[0]) &&
                                  is_repository_name(asked_.names[1]);
        if (worth_asking) {
            states_ = {NameState::checking, NameState::checking};
            delay_.start();
        } else {
            delay_.stop();
        }
    }
    Q_EMIT changed();
}

void WizardModel::ask_account() {
    const vault::GitHost* wanted = host();
    if (wanted == nullptr || wanted->name == account_host_) {
        return;
    }
    account_host_ = wanted->name;
    account_.reset();
    host_error_.reset();
    account_job_.start(
        [&services = services_, wanted_host = *wanted](std::stop_token stop) {
            return services.account(wanted_host, stop);
        },
        [this](Result<forge::Account> answer) {
            if (!answer) {
                host_error_ = answer.error();
                account_host_.clear();
                Q_EMIT changed();
                return;
            }
            account_ = std::move(*answer);
            edit([this](project::Draft& draft) {
                const auto& owners = account_->owners;
                if (std::find(owners.begin(), owners.end(), draft.owner) == owners.end()) {
                    draft.owner = account_->login;
                }
            });
        });
}

void WizardModel::ask_names() {
    const vault::GitHost* wanted = host();
    if (wanted == nullptr) {
        return;
    }
    using Answers = std::array<NameState, 2>;
    names_job_.start(
        [&services = services_, wanted_host = *wanted, names = asked_](std::stop_token stop) {
            Answers answers{};
            for (std::size_t i = 0; i < answers.size(); ++i) {
                answers[i] = state_of(
                    services.find_repository(wanted_host, names.owner, names.names[i], stop));
            }
            return answers;
        },
        [this](Answers answers) {
            states_ = answers;
            Q_EMIT changed();
        });
}

WizardModel::Names WizardModel::wanted_names() const {
    return {draft_.git_host, draft_.owner, {draft_.configuration.name, draft_.code.name}};
}

const project::RepositoryChoice& WizardModel::choice(Role role) const {
    return role == Role::configuration ? draft_.configuration : draft_.code;
}

QString WizardModel::issue(project::Field field) const {
    for (const project::Issue& found : project::validate(draft_)) {
        if (found.field == field) {
            return to_qt(found.sentence);
        }
    }
    return {};
}

NameState WizardModel::name_state(Role role) const {
    return states_[index_of(role)];
}

bool WizardModel::checking() const {
    return std::any_of(states_.begin(), states_.end(),
                       [](NameState state) { return state == NameState::checking; });
}

QString WizardModel::name_issue(Role role) const {
    const project::RepositoryChoice& wanted = choice(role);
    const QString name = to_qt(wanted.name);
    switch (name_state(role)) {
    case NameState::free:
        return wanted.use_existing ? tr("There is no repository %1 to take.").arg(name) : QString();
    case NameState::empty:
        return wanted.use_existing
                   ? QString()
                   : tr("%1 is there already and empty. Take it, or choose another name.")
                         .arg(name);
    case NameState::taken:
        return wanted.use_existing
                   ? tr("%1 is not empty; only an empty one can be taken.").arg(name)
                   : tr("%1 is there already. Choose another name.").arg(name);
    case NameState::unknown:
    case NameState::checking:
    case NameState::failed:
        break;
    }
    return {};
}

QString WizardModel::name_note(Role role) const {
    const QString name = to_qt(choice(role).name);
    switch (name_state(role)) {
    case NameState::checking:
        return tr("Asking whether %1 is free…").arg(name);
    case NameState::free:
    case NameState::empty:
    case NameState::taken: {
        const QString problem = name_issue(role);
        if (!problem.isEmpty()) {
            return problem;
        }
        return choice(role).use_existing ? tr("%1 is there and empty").arg(name)
                                         : tr("%1 is free").arg(name);
    }
    case NameState::failed:
        return tr("The git host could not say whether %1 is free.").arg(name);
    case NameState::unknown:
        break;
    }
    return {};
}

QString clause(QString sentence) {
    return sentence.left(1).toLower() + sentence.mid(1);
}

Tone tone_of(NameState state, bool use_existing) {
    switch (state) {
    case NameState::free:
        return use_existing ? Tone::bad : Tone::good;
    case NameState::empty:
        return use_existing ? Tone::good : Tone::bad;
    case NameState::taken:
        return Tone::bad;
    case NameState::failed:
        return Tone::warn;
    case NameState::unknown:
    case NameState::checking:
        break;
    }
    return Tone::muted;
}

} // namespace tau::ui
