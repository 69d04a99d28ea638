#include "ui/wizard/project_step.h"

#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QSignalBlocker>
#include <QVBoxLayout>

namespace tau::ui {

using project::Draft;
using vault::Role;

ProjectStep::ProjectStep(WizardModel& model, QWidget* parent)
    : WizardPage(parent), model_(model), name_edit_(new QLineEdit), description_(new QLineEdit),
      email_(new QLineEdit), network_(new QComboBox),
      private_(new QCheckBox(tr("Only I can &see the repositories"))) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* page = new ScrollPage(this, ScrollPage::Edge::left);
    layout->addWidget(page);
    page->box()->addWidget(make_label(tr("What is the project called?"), QStringLiteral("title")));
    auto* intro = make_label(
        tr("A project is two git repositories: one for its configuration, one for its code. "
           "Nothing is made before the last page."));
    set_tone(intro, Tone::muted);
    page->box()->addWidget(intro);
    auto* form = new Form;
    page->box()->addWidget(form);
    page->box()->addStretch(1);

    name_edit_->setMaxLength(64);
    name_edit_->setPlaceholderText(tr("shop"));
    name_field_ = form->add(tr("&Name"), name_edit_);
    description_->setMaxLength(250);
    description_field_ = form->add(tr("&Description"), description_);
    email_->setMaxLength(254);
    email_->setPlaceholderText(tr("me@example.org"));
    email_field_ = form->add(tr("N&otify"), email_);
    network_field_ = form->add(tr("Net&work"), network_);
    private_->setAccessibleName(tr("Only I can see the repositories"));
    form->add_below(private_);

    connect(name_edit_, &QLineEdit::textEdited, this, [this](const QString& text) {
        model_.edit([&text](Draft& draft) { draft.name = to_utf8(text.trimmed()); });
    });
    connect(description_, &QLineEdit::textEdited, this, [this](const QString& text) {
        model_.edit([&text](Draft& draft) { draft.description = to_utf8(text); });
    });
    connect(email_, &QLineEdit::textEdited, this, [this](const QString& text) {
        model_.edit([&text](Draft& draft) { draft.email = to_utf8(text.trimmed()); });
    });
    connect(private_, &QCheckBox::toggled, this,
            [this](bool on) { model_.edit([on](Draft& draft) { draft.is_private = on; }); });
    connect(network_, &QComboBox::activated, this,
            [this](int index) { model_.networks().set_current(index); });
    connect(&model_, &WizardModel::changed, this, &ProjectStep::refresh);
    enter();
}

void ProjectStep::enter() {
    const Draft& draft = model_.draft();
    name_edit_->setText(to_qt(draft.name));
    description_->setText(to_qt(draft.description));
    email_->setText(to_qt(draft.email));
    const QSignalBlocker blocker(private_);
    private_->setChecked(draft.is_private);
    refresh();
}

void ProjectStep::refresh() {
    refresh_name();
    description_field_->set_issue(model_.issue(project::Field::description));
    const QString email_issue = model_.issue(project::Field::email);
    if (email_issue.isEmpty()) {
        email_field_->set_note(model_.draft().email.empty() ? tr("Optional e-mail address")
                                                            : QString());
    } else {
        email_field_->set_issue(email_issue);
    }
    refresh_network();
    Q_EMIT changed();
}

void ProjectStep::refresh_name() {
    const Draft& draft = model_.draft();
    const QString issue = model_.issue(project::Field::name);
    if (draft.name.empty()) {
        name_field_->set_note(tr("Letters, digits and underscores"));
    } else if (!issue.isEmpty()) {
        name_field_->set_issue(issue);
    } else if (model_.name_state(Role::configuration) == NameState::free &&
               model_.name_state(Role::code) == NameState::free &&
               !draft.configuration.use_existing && !draft.code.use_existing) {
        name_field_->set_note(
            tr("%1 and %2 are free").arg(to_qt(draft.configuration.name), to_qt(draft.code.name)),
            Tone::good);
    } else {
        const bool first = !model_.name_issue(Role::configuration).isEmpty() ||
                           model_.name_issue(Role::code).isEmpty();
        const Role role = first ? Role::configuration : Role::code;
        const auto& choice = first ? draft.configuration : draft.code;
        // A taken repository name is mended here or on the next page, so it only warns here.
        const Tone tone = tone_of(model_.name_state(role), choice.use_existing);
        name_field_->set_note(model_.name_note(role), tone == Tone::bad ? Tone::warn : tone);
    }
}

void ProjectStep::refresh_network() {
    const Networks& networks = model_.networks();
    const QSignalBlocker blocker(network_);
    network_->clear();
    for (const Networks::Entry& entry : networks.entries()) {
        network_->addItem(entry.name());
    }
    network_->setCurrentIndex(networks.current_index());
    const Networks::Entry* entry = networks.current();
    if (entry == nullptr) {
        network_field_->set_note(tr("Open a network file first: File, Open network."), Tone::warn);
    } else if (entry->error) {
        network_field_->set_issue(to_qt(entry->error->message));
    } else if (!entry->network) {
        network_field_->set_note(tr("Reading the network…"));
    } else if (model_.host_error()) {
        network_field_->set_issue(to_qt(model_.host_error()->message));
    } else {
        const auto vaults = static_cast<int>(entry->network->nodes.size());
        const vault::GitHost* host = model_.host();
        network_field_->set_note(
            host == nullptr ? tr("%1 vaults, but no git host").arg(vaults)
                            : tr("%1 vaults, %2").arg(QString::number(vaults), to_qt(host->name)));
    }
}

QString ProjectStep::blocked() const {
    if (model_.draft().name.empty()) {
        return tr("the project needs a name.");
    }
    for (const auto field :
         {project::Field::name, project::Field::description, project::Field::email}) {
        const QString issue = model_.issue(field);
        if (!issue.isEmpty()) {
            return clause(issue);
        }
    }
    const Networks::Entry* entry = model_.networks().current();
    if (entry == nullptr) {
        return tr("no network is open.");
    }
    if (!entry->network) {
        return entry->error ? tr("the network file cannot be used.")
                            : tr("the network is being read.");
    }
    if (model_.host() == nullptr) {
        return tr("the network has no git host.");
    }
    if (!model_.account()) {
        return model_.host_error() ? tr("the git host cannot be reached.")
                                   : tr("the git host has not answered yet.");
    }
    return {};
}

QWidget* ProjectStep::first_input() const {
    for (const Field* field : {name_field_, description_field_, email_field_, network_field_}) {
        if (field->tone() == Tone::bad) {
            return field->input();
        }
    }
    return name_edit_;
}

} // namespace tau::ui
