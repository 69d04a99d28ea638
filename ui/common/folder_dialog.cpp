#include "ui/common/folder_dialog.h"

#include "ui/common/text.h"

#include <QFileDialog>

namespace tau::ui {

void choose_folder(QWidget& window, const QString& title,
                   std::function<void(const std::filesystem::path&)> chosen) {
    auto* dialog = new QFileDialog(&window, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    QObject::connect(
        dialog, &QFileDialog::fileSelected, &window,
        [chosen = std::move(chosen)](const QString& folder) { chosen(to_utf8(folder)); });
    dialog->open();
}

} // namespace tau::ui
