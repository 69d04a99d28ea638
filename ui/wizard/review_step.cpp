#include "ui/wizard/review_step.h"

#include "core/project/config.h"
#include "ui/common/facts.h"
#include "ui/common/text.h"

#include <QVBoxLayout>

namespace tau::ui {

ReviewStep::ReviewStep(WizardModel& model, QWidget* parent)
    : WizardPage(parent), model_(model), unlock_(new UnlockPanel(model.services())),
      error_(new ErrorView),
      retry_(make_button(tr("&Try again"), ButtonKind::plain, QStringLiteral("retry"))),
      summary_(new Card), steps_(new PlanCard), files_(new Card), working_(make_label({})) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* page = new ScrollPage(this, ScrollPage::Edge::left);
    // The plan is longer than the window: the arrow keys scroll it.
    page->setFocusPolicy(Qt::StrongFocus);
    page->setAccessibleName(tr("The plan"));
    layout->addWidget(page);
    page->box()->addWidget(make_label(tr("This is what will happen"), QStringLiteral("title")));
    auto* intro = make_label(tr("Nothing is done yet. Every step is recorded before it is done, so "
                                "it can be stopped, continued or taken back at any time."));
    set_tone(intro, Tone::muted);
    page->box()->addWidget(intro);
    set_tone(working_, Tone::muted);
    page->box()->addWidget(unlock_);
    page->box()->addWidget(error_);
    page->box()->addWidget(retry_, 0, Qt::AlignLeft);
    page->box()->addWidget(working_);
    page->box()->addWidget(summary_);
    page->box()->addWidget(steps_);
    page->box()->addWidget(files_);
    page->box()->addStretch(1);
    connect(unlock_, &UnlockPanel::unlocked, this, &ReviewStep::make_plan);
    connect(retry_, &QPushButton::clicked, this, &ReviewStep::make_plan);
}

void ReviewStep::enter() {
    show_summary();
    show_files();
    make_plan();
}

void ReviewStep::make_plan() {
    plan_.reset();
    unlock_->hide();
    error_->clear();
    retry_->hide();
    steps_->hide();
    working_->setText(tr("Making the plan…"));
    working_->show();
    const auto network = model_.network();
    if (!network) {
        return;
    }
    job_.start(
        [&services = model_.services(), draft = model_.draft(), network](std::stop_token stop) {
            return prepare_flow(services, [&] { return services.plan(draft, *network, stop); });
        },
        [this](PreparedFlow prepared) {
            working_->hide();
            if (prepared.secrets != SecretsState::open) {
                unlock_->ask(prepared.secrets);
            } else if (!prepared.flow) {
                error_->show_error(prepared.flow.error());
                retry_->show();
            } else {
                plan_ = std::move(*prepared.flow);
                steps_->show_plan(*plan_);
            }
            Q_EMIT changed();
        });
    Q_EMIT changed();
}

void ReviewStep::show_summary() {
    clear_layout(summary_->box());
    const project::Draft& draft = model_.draft();
    summary_->box()->addWidget(make_label(to_qt(draft.name), QStringLiteral("heading")));
    auto* facts = new Facts;
    facts->add_text(tr("Description"), to_qt(draft.description));
    facts->add_text(tr("Notify"), to_qt(draft.email));
    const auto repository = [&](const project::RepositoryChoice& choice) {
        const QString where = to_qt(draft.owner) + QLatin1Char('/') + to_qt(choice.name);
        return choice.use_existing ? tr("%1 (taken as it is)").arg(where) : where;
    };
    facts->add_text(tr("Configuration"), repository(draft.configuration));
    facts->add_text(tr("Code"), repository(draft.code));
    facts->add_text(tr("Git host"), draft.is_private
                                        ? tr("%1, private").arg(to_qt(draft.git_host))
                                        : tr("%1, everyone can read").arg(to_qt(draft.git_host)));
    facts->add_text(tr("Branch"), to_qt(draft.branch));
    for (const vault::NodeRecord& node : model_.vaults()) {
        facts->add_text(tr("Vault"),
                        tr("%1, %2").arg(to_qt(node.name), to_qt(vault::region_name(node.region))));
    }
    const QStringList notes = model_.notes();
    facts->add_text(tr("Worth knowing"), notes.join(QLatin1Char('\n')));
    summary_->box()->addLayout(facts);
}

void ReviewStep::show_files() {
    clear_layout(files_->box());
    files_->box()->addWidget(make_label(tr("First files"), QStringLiteral("heading")));
    const project::Draft& draft = model_.draft();
    // The project's id is drawn when the plan runs; these dots stand for it.
    const git::Files configuration = project::configuration_files(draft, "Qm…");
    const git::Files code = project::code_files(draft);
    const std::array<std::pair<const std::string*, const git::Files*>, 2> both{
        {{&draft.configuration.name, &configuration}, {&draft.code.name, &code}}};
    for (const auto& [repository, files] : both) {
        for (const auto& [path, content] : *files) {
            auto* name = make_label(tr("%1 in %2").arg(to_qt(path), to_qt(*repository)),
                                    QStringLiteral("caption"));
            auto* text = make_label(to_qt(content).trimmed());
            text->setFont(Theme::get().mono_font());
            name->setBuddy(text);
            files_->box()->addWidget(name);
            files_->box()->addWidget(text);
        }
    }
}

QString ReviewStep::blocked() const {
    if (job_.running()) {
        return tr("the plan is being made.");
    }
    if (!unlock_->isHidden()) {
        return tr("your keys are locked.");
    }
    if (!plan_) {
        return tr("there is no plan to follow.");
    }
    return {};
}

QWidget* ReviewStep::first_input() const {
    if (!unlock_->isHidden()) {
        return unlock_->findChild<QLineEdit*>();
    }
    return error_->isHidden() ? findChild<ScrollPage*>() : static_cast<QWidget*>(error_);
}

std::shared_ptr<flow::Flow> ReviewStep::take_plan() {
    return std::exchange(plan_, nullptr);
}

} // namespace tau::ui
