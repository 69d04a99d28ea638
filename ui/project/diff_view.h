#pragma once

#include "core/base/result.h"
#include "ui/common/elided_label.h"
#include "ui/common/error_view.h"
#include "ui/project/diff_model.h"

#include <QComboBox>
#include <QLabel>
#include <QStackedWidget>
#include <QTableView>

namespace tau::ui {

/// What changed in one file, unified or side by side; or in words why it cannot be shown.
class DiffView : public QWidget {
    Q_OBJECT
public:
    explicit DiffView(QWidget* parent = nullptr);
    void show_diff(const Result<git::FileDiff>& diff);
    /// Nothing chosen yet.
    void show_nothing(const QString& sentence);
    void set_layout(DiffModel::Layout layout);
    DiffModel& model() { return *model_; }
    QString caption() const { return caption_->text(); }
    /// What is said instead of lines.
    QString sentence() const { return words_->text(); }
    const ElidedLabel& caption_label() const { return *caption_; }

Q_SIGNALS:
    void layout_chosen(DiffModel::Layout layout);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void make_table();
    void fit_columns();
    void copy_lines();

    DiffModel* model_;
    ElidedLabel* caption_;
    QLabel* counts_;
    QComboBox* layout_;
    QStackedWidget* pages_;
    QTableView* table_;
    QLabel* words_;
    ErrorView* error_;
};

/// The state of a file, in a word.
QString state_word(git::FileState state);

} // namespace tau::ui
