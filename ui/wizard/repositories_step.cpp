#include "ui/wizard/repositories_step.h"

#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QSignalBlocker>
#include <QVBoxLayout>

namespace tau::ui {

using project::Draft;
using vault::Role;

namespace {

constexpr std::array roles{Role::configuration, Role::code};

project::RepositoryChoice& choice(Draft& draft, Role role) {
    return role == Role::configuration ? draft.configuration : draft.code;
}

project::Field field_of(Role role) {
    return role == Role::configuration ? project::Field::configuration : project::Field::code;
}

} // namespace

RepositoriesStep::RepositoriesStep(WizardModel& model, QWidget* parent)
    : WizardPage(parent), model_(model), host_(new QComboBox), owner_(new QComboBox),
      branch_(new QLineEdit) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* page = new ScrollPage(this, ScrollPage::Edge::left);
    layout->addWidget(page);
    page->box()->addWidget(
        make_label(tr("Where do its repositories live?"), QStringLiteral("title")));
    auto* intro = make_label(tr("Each repository gets a read-only deploy key and a webhook of its "
                                "own. An existing repository can be taken when it is empty."));
    set_tone(intro, Tone::muted);
    page->box()->addWidget(intro);
    auto* form = new Form;
    page->box()->addWidget(form);
    page->box()->addStretch(1);

    host_field_ = form->add(tr("&Git host"), host_);
    owner_field_ = form->add(tr("&Owner"), owner_);
    const std::array labels{tr("Co&nfiguration"), tr("Co&de")};
    const std::array ticks{tr("Take an existing &empty configuration repository"),
                           tr("Take an existing e&mpty code repository")};
    for (std::size_t i = 0; i < roles.size(); ++i) {
        names_[i] = new QLineEdit;
        names_[i]->setMaxLength(62);
        name_fields_[i] = form->add(labels[i], names_[i]);
        existing_[i] = new QCheckBox(ticks[i]);
        QString plain = ticks[i];
        existing_[i]->setAccessibleName(plain.remove(QLatin1Char('&')));
        form->add_below(existing_[i]);
        const Role role = roles[i];
        connect(names_[i], &QLineEdit::textEdited, this, [this, role](const QString& text) {
            model_.edit([&](Draft& draft) { choice(draft, role).name = to_utf8(text.trimmed()); });
        });
        connect(existing_[i], &QCheckBox::toggled, this, [this, role](bool on) {
            model_.edit([&](Draft& draft) { choice(draft, role).use_existing = on; });
        });
    }
    branch_->setMaxLength(200);
    branch_field_ = form->add(tr("B&ranch"), branch_);
    connect(branch_, &QLineEdit::textEdited, this, [this](const QString& text) {
        model_.edit([&text](Draft& draft) { draft.branch = to_utf8(text.trimmed()); });
    });
    connect(host_, &QComboBox::activated, this, [this] {
        model_.edit([this](Draft& draft) { draft.git_host = to_utf8(host_->currentText()); });
    });
    connect(owner_, &QComboBox::activated, this, [this] {
        model_.edit([this](Draft& draft) { draft.owner = to_utf8(owner_->currentText()); });
    });
    connect(&model_, &WizardModel::changed, this, &RepositoriesStep::refresh);
    enter();
}

void RepositoriesStep::enter() {
    Draft draft = model_.draft();
    for (std::size_t i = 0; i < roles.size(); ++i) {
        const QSignalBlocker blocker(existing_[i]);
        names_[i]->setText(to_qt(choice(draft, roles[i]).name));
        existing_[i]->setChecked(choice(draft, roles[i]).use_existing);
    }
    branch_->setText(to_qt(draft.branch));
    refresh();
}

void RepositoriesStep::refresh_lists() {
    const Draft& draft = model_.draft();
    host_->clear();
    if (const auto network = model_.network()) {
        for (const vault::GitHost& host : network->git_hosts) {
            host_->addItem(to_qt(host.name));
        }
    }
    host_->setCurrentText(to_qt(draft.git_host));
    owner_->clear();
    if (model_.account()) {
        for (const std::string& owner : model_.account()->owners) {
            owner_->addItem(to_qt(owner));
        }
        owner_->setCurrentText(to_qt(draft.owner));
        owner_field_->set_note(tr("You are %1 there").arg(to_qt(model_.account()->login)));
    } else if (model_.host_error()) {
        owner_field_->set_issue(to_qt(model_.host_error()->message));
    } else {
        owner_field_->set_note(tr("Asking the git host…"));
    }
    host_field_->set_note(draft.is_private ? tr("Private repositories")
                                           : tr("Repositories that everyone can read"));
}

QString RepositoriesStep::repository_issue(Role role) const {
    const QString shape = model_.issue(field_of(role));
    return shape.isEmpty() ? model_.name_issue(role) : shape;
}

void RepositoriesStep::refresh() {
    refresh_lists();
    Draft draft = model_.draft();
    for (std::size_t i = 0; i < roles.size(); ++i) {
        const QString issue = repository_issue(roles[i]);
        if (!names_[i]->hasFocus()) {
            names_[i]->setText(to_qt(choice(draft, roles[i]).name));
        }
        if (!issue.isEmpty()) {
            name_fields_[i]->set_issue(issue);
        } else {
            name_fields_[i]->set_note(
                model_.name_note(roles[i]),
                tone_of(model_.name_state(roles[i]), choice(draft, roles[i]).use_existing));
        }
    }
    const QString branch_issue = model_.issue(project::Field::branch);
    if (branch_issue.isEmpty()) {
        branch_field_->set_note(tr("The first commits go here"));
    } else {
        branch_field_->set_issue(branch_issue);
    }
    Q_EMIT changed();
}

QString RepositoriesStep::blocked() const {
    QStringList issues{model_.issue(project::Field::git_host), model_.issue(project::Field::owner)};
    for (const Role role : roles) {
        issues << repository_issue(role);
    }
    issues << model_.issue(project::Field::branch);
    for (const QString& issue : issues) {
        if (!issue.isEmpty()) {
            return clause(issue);
        }
    }
    if (model_.checking()) {
        return tr("the git host has not said yet whether the names are free.");
    }
    return {};
}

QWidget* RepositoriesStep::first_input() const {
    for (const Field* field : {owner_field_, name_fields_[0], name_fields_[1], branch_field_}) {
        if (field->tone() == Tone::bad) {
            return field->input();
        }
    }
    return host_;
}

} // namespace tau::ui
