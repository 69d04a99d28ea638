#pragma once

#include "ui/common/error_view.h"
#include "ui/common/field.h"
#include "ui/common/job.h"
#include "ui/common/page.h"
#include "ui/services.h"

#include <QLineEdit>

namespace tau::ui {

/// Asks, in the page, for the passphrase of the encrypted file that keeps secrets where the
/// system has no keychain.
class UnlockPanel : public Card {
    Q_OBJECT
public:
    explicit UnlockPanel(Services& services, QWidget* parent = nullptr);
    void ask(SecretsState state);

Q_SIGNALS:
    void unlocked();

private:
    void refresh();
    void unlock();

    Services& services_;
    bool is_new_ = false;
    QLabel* heading_;
    QLabel* text_;
    QLineEdit* first_;
    QLineEdit* second_;
    Field* first_field_;
    Field* second_field_;
    QPushButton* unlock_;
    ErrorView* error_;
    Job job_;
};

/// A flow, or the reason why it cannot be had before a passphrase is given.
struct PreparedFlow {
    SecretsState secrets = SecretsState::open;
    Result<std::shared_ptr<flow::Flow>> flow;
};
/// Blocking: looks whether secrets can be reached, and calls `open` only then.
PreparedFlow prepare_flow(Services& services,
                          const std::function<Result<std::shared_ptr<flow::Flow>>()>& open);

} // namespace tau::ui
