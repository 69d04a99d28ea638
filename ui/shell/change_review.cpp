#include "ui/shell/change_review.h"

#include "ui/common/text.h"

#include <QHBoxLayout>

namespace tau::ui {

namespace {

using Kind = ChangeWish::Kind;

struct Words {
    QString title, text, go;
};

Words words_of(Kind kind) {
    switch (kind) {
    case Kind::rotate:
        return {ChangeReview::tr("New keys and webhook secrets for %1"),
                ChangeReview::tr("Each vault logs in with its new key before it erases the old "
                                 "one. It can be stopped and taken back."),
                ChangeReview::tr("Rotate the &keys")};
    case Kind::move:
        return {ChangeReview::tr("%1 goes to other vaults"),
                ChangeReview::tr("The new vaults get keys of their own and the deployments. Then "
                                 "the registration with the old ones ends, which cannot be taken "
                                 "back."),
                ChangeReview::tr("&Move the project")};
    case Kind::again:
        return {ChangeReview::tr("%1 registers with the same vaults anew"),
                ChangeReview::tr("This helps when a vault lost the project. It gets new keys; the "
                                 "registration before this one does not come back."),
                ChangeReview::tr("&Register again")};
    case Kind::remove:
        break;
    }
    return {
        ChangeReview::tr("The end of %1"),
        ChangeReview::tr("Deploy keys and webhooks are taken off the repositories, and every "
                         "vault erases its sealed keys. Once the first one has, it cannot be taken "
                         "back."),
        ChangeReview::tr("&Remove the project")};
}

} // namespace

ChangeReview::ChangeReview(Services& services, QWidget* parent)
    : QWidget(parent), services_(services), page_(new ScrollPage(this, ScrollPage::Edge::left)),
      title_(make_label({}, QStringLiteral("title"))), text_(make_label({})), choices_(new Card),
      vaults_(new QWidget),
      without_answer_(new QCheckBox(tr("Go on when a vault does not answer"))),
      repositories_(new QCheckBox(tr("Delete both repositories with all that is in them"))),
      files_(new QCheckBox(tr("Remove the clones and project.yaml from this computer"))),
      discard_(new QCheckBox(tr("Discard the work in them that is not committed or not pushed"))),
      unlock_(new UnlockPanel(services)), error_(new ErrorView),
      retry_(make_button(tr("&Try again"), ButtonKind::plain, QStringLiteral("retry"))),
      working_(make_label({})), steps_(new PlanCard), sure_(new Card), name_(new QLineEdit),
      back_(make_button(tr("&Back"))), cancel_(make_button(tr("&Cancel"))),
      go_(make_button({}, ButtonKind::primary)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    page_->setAccessibleName(tr("The plan"));
    layout->addWidget(page_, 1);
    set_tone(text_, Tone::muted);
    set_tone(working_, Tone::muted);
    make_choices();
    auto* label = new QLabel(tr("Type the project's &name to go on"));
    label->setBuddy(name_);
    name_->setAccessibleName(tr("The project's name, to be sure"));
    name_->setMaximumWidth(space::field_width);
    sure_->box()->addWidget(label);
    sure_->box()->addWidget(name_);
    for (QWidget* part : {static_cast<QWidget*>(title_), static_cast<QWidget*>(text_),
                          static_cast<QWidget*>(choices_), static_cast<QWidget*>(unlock_),
                          static_cast<QWidget*>(error_)}) {
        page_->box()->addWidget(part);
    }
    page_->box()->addWidget(retry_, 0, Qt::AlignLeft);
    page_->box()->addWidget(working_);
    page_->box()->addWidget(steps_);
    page_->box()->addWidget(sure_);
    page_->box()->addStretch(1);
    layout->addWidget(make_footer());
    connect(unlock_, &UnlockPanel::unlocked, this, &ChangeReview::make_plan);
    connect(retry_, &QPushButton::clicked, this, &ChangeReview::make_plan);
    connect(name_, &QLineEdit::textChanged, this, &ChangeReview::refresh);
    connect(name_, &QLineEdit::returnPressed, go_, &QPushButton::click);
}

QWidget* ChangeReview::make_footer() {
    auto* footer = new QFrame;
    set_role(footer, QStringLiteral("footer"));
    auto* row = new QHBoxLayout(footer);
    row->setContentsMargins(space::xl, space::m, space::xl, space::m);
    row->setSpacing(space::s);
    row->addWidget(cancel_);
    row->addStretch(1);
    row->addWidget(back_);
    row->addWidget(go_);
    connect(cancel_, &QPushButton::clicked, this, &ChangeReview::cancelled);
    connect(back_, &QPushButton::clicked, this, &ChangeReview::back_wanted);
    connect(go_, &QPushButton::clicked, this, &ChangeReview::go_wanted);
    return footer;
}

void ChangeReview::make_choices() {
    auto* boxes = new QVBoxLayout(vaults_);
    boxes->setContentsMargins(0, 0, 0, 0);
    boxes->setSpacing(space::xs);
    choices_->box()->addWidget(vaults_);
    for (QCheckBox* box : {without_answer_, repositories_, files_, discard_}) {
        choices_->box()->addWidget(box);
        connect(box, &QCheckBox::clicked, this, &ChangeReview::make_plan);
    }
}

void ChangeReview::ask(const flow::LocalProject& project, Kind kind,
                       const std::vector<VaultState>& vaults,
                       std::vector<project::VaultChoice> to) {
    project_ = project;
    wish_ = {};
    wish_.kind = kind;
    wish_.to = std::move(to);
    const Words words = words_of(kind);
    title_->setText(words.title.arg(to_qt(project.name)));
    text_->setText(words.text);
    go_->setText(words.go);
    set_kind(go_, kind == Kind::remove ? ButtonKind::danger : ButtonKind::primary);
    back_->setVisible(kind == Kind::move);
    // The plan is longer than the window: the arrow keys scroll it, or the inputs above and below.
    page_->setFocusPolicy(kind == Kind::remove ? Qt::NoFocus : Qt::StrongFocus);
    sure_->setVisible(kind == Kind::remove);
    name_->clear();
    name_->setPlaceholderText(to_qt(project.name));
    show_choices(vaults);
    make_plan();
}

void ChangeReview::show_choices(const std::vector<VaultState>& vaults) {
    clear_layout(vaults_->layout());
    vault_boxes_.clear();
    const Kind kind = wish_.kind;
    for (const VaultState& one : vaults) {
        const QString name = to_qt(one.node.name);
        auto* box = new QCheckBox(kind == Kind::rotate ? tr("New keys for %1").arg(name)
                                  : kind == Kind::move ? tr("Leave %1").arg(name)
                                                       : tr("Register with %1 again").arg(name));
        box->setChecked(true);
        connect(box, &QCheckBox::clicked, this, &ChangeReview::make_plan);
        vaults_->layout()->addWidget(box);
        vault_boxes_.push_back({one.node.node_id(), box});
    }
    // With one vault there is nothing to choose.
    vaults_->setVisible(kind != Kind::remove && vaults.size() > 1);
    without_answer_->setVisible(kind != Kind::rotate);
    repositories_->setVisible(kind == Kind::remove);
    files_->setVisible(kind == Kind::remove);
    for (QCheckBox* box : {without_answer_, repositories_, files_, discard_}) {
        box->setChecked(false);
    }
    choices_->setVisible(!vaults_->isHidden() || kind != Kind::rotate);
}

ChangeWish ChangeReview::wish() const {
    ChangeWish now = wish_;
    for (const VaultBox& one : vault_boxes_) {
        if (one.box->isChecked()) {
            now.vaults.push_back(one.node_id);
        }
    }
    now.removal = {repositories_->isChecked(), files_->isChecked(), without_answer_->isChecked(),
                   files_->isChecked() && discard_->isChecked()};
    return now;
}

void ChangeReview::make_plan() {
    plan_.reset();
    discard_->setVisible(files_->isChecked());
    if (!files_->isChecked()) { // to be agreed to anew
        discard_->setChecked(false);
    }
    unlock_->hide();
    error_->clear();
    retry_->hide();
    steps_->hide();
    working_->show();
    const ChangeWish wanted = wish();
    // None of them would mean all of them.
    const bool nothing =
        wanted.vaults.empty() && (wanted.kind == Kind::rotate || wanted.kind == Kind::again);
    working_->setText(nothing ? tr("Choose at least one vault.") : tr("Making the plan…"));
    if (nothing) {
        job_.drop();
        refresh();
        return;
    }
    job_.start(
        [&services = services_, project = project_, wanted](std::stop_token stop) {
            return prepare_flow(
                services, [&] { return services.living().plan_change(project, wanted, stop); });
        },
        [this](PreparedFlow prepared) { take(std::move(prepared)); });
    refresh();
}

void ChangeReview::take(PreparedFlow prepared) {
    working_->hide();
    if (prepared.secrets != SecretsState::open) {
        unlock_->ask(prepared.secrets);
    } else if (!prepared.flow) {
        error_->show_error(prepared.flow.error(), false);
        retry_->show();
    } else {
        plan_ = std::move(*prepared.flow);
        steps_->show_plan(*plan_);
    }
    refresh();
    if (focusWidget() == nullptr || !focusWidget()->isVisible() || !focusWidget()->isEnabled()) {
        first_input()->setFocus(Qt::OtherFocusReason);
    }
}

void ChangeReview::refresh() {
    const bool sure = wish_.kind != Kind::remove || to_utf8(name_->text()) == project_.name;
    go_->setEnabled(plan_ != nullptr && sure);
}

QWidget* ChangeReview::first_input() const {
    if (!unlock_->isHidden()) {
        return unlock_->findChild<QLineEdit*>();
    }
    if (!error_->isHidden()) {
        return retry_;
    }
    return wish_.kind == Kind::remove ? static_cast<QWidget*>(without_answer_)
           : go_->isEnabled()         ? go_
                                      : cancel_;
}

} // namespace tau::ui
