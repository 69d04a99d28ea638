#include "ui/project/registration_view.h"

#include "ui/common/message_bar.h"
#include "ui/common/text.h"
#include "ui/common/unfinished_row.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLineEdit>

namespace tau::ui {

RegistrationView::RegistrationView(Services& services, QWidget* parent)
    : ProjectTab(parent), services_(services), page_(new ScrollPage(this)), state_(make_label({})),
      look_(make_button(tr("&Ask again"), ButtonKind::plain, QStringLiteral("retry"))),
      unlock_(new UnlockPanel(services)), error_(new ErrorView), unfinished_(new Card),
      last_(new QWidget), last_text_(make_label({})),
      undo_(make_button(tr("Ta&ke it back…"), ButtonKind::plain, QStringLiteral("undo"))),
      list_(new QWidget) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(page_);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    set_tone(state_, Tone::muted);
    top->addWidget(state_, 1);
    top->addWidget(look_);
    page_->box()->addLayout(top);
    page_->box()->addWidget(unlock_);
    page_->box()->addWidget(error_);
    page_->box()->addWidget(unfinished_);
    page_->box()->addWidget(make_buttons());
    page_->box()->addWidget(make_last());
    auto* list = new QVBoxLayout(list_);
    list->setContentsMargins(0, 0, 0, 0);
    list->setSpacing(space::m);
    page_->box()->addWidget(list_);
    page_->box()->addStretch(1);
    unfinished_->hide();
    connect(look_, &QPushButton::clicked, this, &RegistrationView::look);
    connect(unlock_, &UnlockPanel::unlocked, this, &RegistrationView::look);
}

QWidget* RegistrationView::make_buttons() {
    auto* buttons = new QWidget;
    auto* row = new QHBoxLayout(buttons);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    const auto add = [&](const QString& text, const QString& icon, ButtonKind look,
                         ChangeWish::Kind kind) {
        auto* button = make_button(text, look, icon);
        connect(button, &QPushButton::clicked, this, [this, kind] { Q_EMIT change_wanted(kind); });
        row->addWidget(button);
        buttons_[kind] = button;
    };
    add(tr("Ro&tate keys…"), QStringLiteral("lock"), ButtonKind::plain, ChangeWish::Kind::rotate);
    add(tr("&Move…"), QStringLiteral("vault"), ButtonKind::plain, ChangeWish::Kind::move);
    add(tr("&Register again…"), QStringLiteral("redo"), ButtonKind::plain, ChangeWish::Kind::again);
    row->addStretch(1);
    add(tr("Remov&e…"), QStringLiteral("trash"), ButtonKind::danger, ChangeWish::Kind::remove);
    return buttons;
}

QWidget* RegistrationView::make_last() {
    auto* row = new QHBoxLayout(last_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    set_tone(last_text_, Tone::muted);
    row->addWidget(last_text_, 1);
    row->addWidget(undo_);
    last_->hide();
    connect(undo_, &QPushButton::clicked, this, [this] { Q_EMIT resume_wanted(last_id_, true); });
    return last_;
}

QPushButton& RegistrationView::change_button(ChangeWish::Kind kind) {
    return *buttons_.at(kind);
}

QWidget* RegistrationView::first_input() const {
    return unlock_->isHidden() ? static_cast<QWidget*>(look_) : unlock_->findChild<QLineEdit*>();
}

void RegistrationView::show_project(const flow::LocalProject& project) {
    project_ = project;
    fresh_ = true;
    vaults_.clear();
    cards_.clear();
    clear_layout(list_->layout());
    last_->hide();
    look();
}

void RegistrationView::look() {
    error_->clear();
    unlock_->hide();
    state_->setText(tr("Asking the vaults…"));
    fresh_ = fresh_ || look_->hasFocus(); // which it gets back
    look_->setEnabled(false);
    load_changes();
    job_.start([&services = services_, project = project_](
                   std::stop_token stop) { return ask_vaults(services, project, stop); },
               [this](AskedVaults asked) { take(std::move(asked)); });
    refresh();
}

void RegistrationView::take(AskedVaults asked) {
    look_->setEnabled(true);
    cards_.clear();
    clear_layout(list_->layout());
    vaults_.clear();
    if (asked.locked) {
        state_->setText(tr("The vaults tell it to the project's owner only."));
        unlock_->ask(SecretsState::needs_passphrase);
    } else if (!asked.vaults) {
        state_->setText(tr("The vaults were not asked."));
        error_->show_error(asked.vaults.error(), false);
    } else {
        vaults_ = std::move(*asked.vaults);
        state_->setText(answers_text(vaults_));
        for (const VaultState& vault : vaults_) {
            auto* card = new RegistrationCard(vault);
            list_->layout()->addWidget(card);
            cards_.push_back(card);
        }
    }
    refresh();
    if (std::exchange(fresh_, false) && isVisible()) {
        first_input()->setFocus(Qt::OtherFocusReason);
    }
}

/// A change of this project that was begun: it has to end, one way or the other, before another.
/// When there is none, the last that ended.
void RegistrationView::load_changes() {
    using Changes =
        std::pair<Result<std::vector<flow::Unfinished>>, Result<std::optional<flow::LastChange>>>;
    changes_job_.start(
        [&services = services_, project = project_](std::stop_token) {
            return Changes(services.unfinished(), services.living().last_change(project));
        },
        [this](const Changes& changes) {
            const auto& [unfinished, last] = changes;
            show_unfinished(unfinished ? *unfinished : std::vector<flow::Unfinished>());
            show_last(last ? *last : std::nullopt);
        });
}

/// A project's creation is not offered here: its removal is, and says more.
void RegistrationView::show_last(const std::optional<flow::LastChange>& change) {
    last_->setVisible(change && change->kind != "create" && !has_unfinished_);
    if (last_->isHidden()) {
        return;
    }
    last_id_ = to_qt(change->id);
    const QString what =
        tr("Last change: %1, finished %2.")
            .arg(to_qt(change->title),
                 age_text(change->finished_at, QDateTime::currentSecsSinceEpoch()));
    last_text_->setText(change->returns ? what
                                        : what + QLatin1Char(' ') +
                                              tr("It ended a registration for good and cannot be "
                                                 "taken back; a move can lead back."));
    undo_->setVisible(change->returns);
    undo_->setAccessibleName(tr("Take back: %1").arg(to_qt(change->title)));
}

void RegistrationView::show_unfinished(const std::vector<flow::Unfinished>& all) {
    clear_layout(unfinished_->box());
    has_unfinished_ = false;
    unfinished_->box()->addWidget(
        make_label(tr("A change is not finished"), QStringLiteral("heading")));
    for (const flow::Unfinished& one : all) {
        if (one.project_id != project_.project_id) {
            continue;
        }
        has_unfinished_ = true;
        auto* row = new UnfinishedRow(one);
        const QString id = QString::fromStdString(one.id);
        connect(row, &UnfinishedRow::resume_wanted, this,
                [this, id] { Q_EMIT resume_wanted(id, false); });
        connect(row, &UnfinishedRow::undo_wanted, this,
                [this, id] { Q_EMIT resume_wanted(id, true); });
        connect(row, &UnfinishedRow::forget_wanted, this, [this, id = one.id] { forget(id); });
        unfinished_->box()->addWidget(row);
    }
    unfinished_->setVisible(has_unfinished_);
    refresh();
}

void RegistrationView::forget(const std::string& id) {
    changes_job_.start([&services = services_, id](std::stop_token) { return services.forget(id); },
                       [this](const Result<void>& answer) {
                           if (!answer) {
                               error_->show_error(answer.error());
                           }
                           load_changes();
                       });
}

void RegistrationView::refresh() {
    for (const auto& [kind, button] : buttons_) {
        button->setEnabled(!vaults_.empty() && !has_unfinished_);
        button->setToolTip(has_unfinished_
                               ? tr("First let the change that was begun come to an end.")
                               : QString());
    }
}

} // namespace tau::ui
