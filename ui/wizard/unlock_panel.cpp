#include "ui/wizard/unlock_panel.h"

#include <QHBoxLayout>

namespace tau::ui {

namespace {

constexpr int shortest_passphrase = 8;

/// Takes the text out of the field into locked memory.
std::shared_ptr<Secret> take_secret(QLineEdit& edit) {
    QByteArray bytes = edit.text().toUtf8();
    auto secret = std::make_shared<Secret>(Secret::copy_of(
        std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size()))));
    wipe(bytes.data(), static_cast<std::size_t>(bytes.size()));
    edit.clear();
    return secret;
}

} // namespace

UnlockPanel::UnlockPanel(Services& services, QWidget* parent)
    : Card(parent), services_(services), heading_(make_label({}, QStringLiteral("heading"))),
      text_(make_label({})), first_(new QLineEdit), second_(new QLineEdit),
      unlock_(make_button(tr("&Unlock"), ButtonKind::primary, QStringLiteral("lock"))),
      error_(new ErrorView) {
    box()->addWidget(heading_);
    set_tone(text_, Tone::muted);
    box()->addWidget(text_);
    auto* form = new Form;
    for (QLineEdit* edit : {first_, second_}) {
        edit->setEchoMode(QLineEdit::Password);
        edit->setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData |
                                  Qt::ImhNoPredictiveText);
        connect(edit, &QLineEdit::textChanged, this, &UnlockPanel::refresh);
        connect(edit, &QLineEdit::returnPressed, this, [this] {
            if (unlock_->isEnabled()) {
                unlock();
            }
        });
    }
    first_field_ = form->add(tr("Pa&ssphrase"), first_);
    second_field_ = form->add(tr("A&gain"), second_);
    box()->addWidget(form);
    box()->addWidget(error_);
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(unlock_);
    box()->addLayout(row);
    connect(unlock_, &QPushButton::clicked, this, &UnlockPanel::unlock);
    hide();
}

void UnlockPanel::ask(SecretsState state) {
    is_new_ = state == SecretsState::needs_new_passphrase;
    heading_->setText(is_new_ ? tr("Choose a passphrase for your keys") : tr("Unlock your keys"));
    text_->setText(is_new_ ? tr("This system has no keychain, so your keys go into an encrypted "
                                "file. The passphrase is not stored anywhere: without it the file "
                                "cannot be opened.")
                           : tr("Your keys are in an encrypted file on this computer."));
    unlock_->setText(is_new_ ? tr("Ma&ke the file") : tr("&Unlock"));
    second_field_->set_visible(is_new_);
    error_->clear();
    refresh();
    show();
    first_->setFocus(Qt::OtherFocusReason);
}

void UnlockPanel::refresh() {
    const qsizetype length = first_->text().toUtf8().size();
    first_field_->set_note({});
    second_field_->set_note({});
    bool good = length > 0;
    if (is_new_) {
        good = length >= shortest_passphrase && first_->text() == second_->text();
        if (length < shortest_passphrase) {
            first_field_->set_note(tr("At least %1 characters").arg(shortest_passphrase));
        } else if (!good && !second_->text().isEmpty()) {
            second_field_->set_issue(tr("The two are not the same."));
        }
    }
    unlock_->setEnabled(good && !job_.running());
}

void UnlockPanel::unlock() {
    const auto passphrase = take_secret(*first_);
    second_->clear();
    error_->clear();
    job_.start([&services = services_,
                passphrase](std::stop_token) { return services.unlock_secrets(*passphrase); },
               [this](Result<void> answer) {
                   refresh();
                   if (!answer) {
                       error_->show_error(answer.error(), false);
                       first_->setFocus(Qt::OtherFocusReason);
                       return;
                   }
                   hide();
                   Q_EMIT unlocked();
               });
    refresh();
}

PreparedFlow prepare_flow(Services& services,
                          const std::function<Result<std::shared_ptr<flow::Flow>>()>& open) {
    const Result<SecretsState> state = services.secrets_state();
    if (!state) {
        return {SecretsState::open, fail(state.error())};
    }
    if (*state != SecretsState::open) {
        return {*state, fail(ErrorCode::unauthenticated, "The keys are locked.")};
    }
    return {SecretsState::open, open()};
}

} // namespace tau::ui
